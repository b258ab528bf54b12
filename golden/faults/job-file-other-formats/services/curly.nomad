job “curly” {
  type = ‘batch’
}
