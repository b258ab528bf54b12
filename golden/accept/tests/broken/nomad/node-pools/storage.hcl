node_pool "no spaces allowed" {
  description = "machines with disks"
}
