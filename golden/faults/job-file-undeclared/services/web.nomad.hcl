variable "image_tag" {
  default = "1.29.3"
}

locals {
  image  = "nginx:${local.tag}"
  tag    = "${local.prefix}-${var.image_tag}"
  prefix = upper(local.image)
  self   = local.self
  other  = [for name in local.names : name]
}

job "web" {
  group "web" {
    count = var.count

    task "web" {
      driver = "docker"

      config {
        image = "nginx:${var.imagetag}"
        args  = [local.image, locals.image, vars.image_tag]
      }

      env {
        TAG  = var.image_tag.name
        NAME = "${local.nmae}"
      }
    }
  }
}
