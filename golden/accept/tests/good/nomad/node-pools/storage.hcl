node_pool "storage" {
  description = "machines with disks"
}
