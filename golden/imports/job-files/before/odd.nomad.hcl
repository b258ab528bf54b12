job "odd_ends" {
  datacenters = ["attic"]
  /* A block
   * of stars. */
  group "odd_ends" {
    task "Odd Ends" {
      driver = "podman"
      # More than fit: of a task, Nomad takes that.
      restart {
        attempts = 30
        interval = "5m"
        delay    = "15s"
        mode     = "fail"
      }
      config {
        image = "registry.example.org/odd:1"
        args = []
        sysctl = { "net.core.somaxconn" = "512" }
        entrypoint = "/bin/odd"
      }
      env = {
        "a.b"  = "mind the dot"
        EMPTY  = ""
        QUOTED = "say \"hi\" @{here} @@{there} \\o/"
        TABBED = "a\tb"
        LINES  = "one\n  \ntwo\r\n"
        PRICE  = "5 $$ or $${so}"
        MAIL   = "odd@${NOMAD_DC}"
      }
      template {
        destination = "local/odd.kdl"
        data = <<EOT
1
2 \ "three" @{four}
	5
6
7
8
9
10
11
12
{{ env "NOMAD_DC" }}
EOT
        # nothing else
      }
    }
  }
}
