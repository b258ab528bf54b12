resource "nomad_job" "web" {
  jobspec = file("web.nomad")
}
