path "secret/data/web" {
  capabilities = ["look"]
}
