path "kv/cellar/data/cloud/db" {
  capabilities = ["read"]
}
