path "kv/cellar/data/cloud" {
  capabilities = ["read"]
}

path "kv/cellar/data/cloud/db" {
  capabilities = ["read"]
}
