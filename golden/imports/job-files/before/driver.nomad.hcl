job "nfs-driver" {
  datacenters = ["attic"]
  type        = "system"

  group "node" {
    task "plugin" {
      driver = "docker"

      config {
        image      = "registry.example.org/csi-nfs:4.11.0"
        privileged = true
        args       = ["--nodeid=${node.unique.name}", "--endpoint=unix:///csi/csi.sock"]
      }

      csi_plugin {
        id        = "nfs"
        type      = "node"
        mount_dir = "/csi"
      }
    }
  }
}
