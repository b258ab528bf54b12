client {
  enabled    = true
  node_class = "nas"
}
