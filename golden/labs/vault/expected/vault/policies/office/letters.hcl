path "kv/cellar/data/letters" {
  capabilities = ["read"]
}
