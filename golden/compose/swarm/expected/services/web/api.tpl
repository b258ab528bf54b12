{{ with nomadVar "nomad/jobs/web" }}{{ .api }}{{ end }}
