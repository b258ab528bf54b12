namespace "office" {
  variables {
    path "mail/smtp" {
      capabilities = ["read"]
    }
  }
}
