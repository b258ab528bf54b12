variable "tag" {
  default = "1.29.3"
}
