path "kv/data/report" {
  capabilities = ["read"]
}
