name       = "no spaces allowed"
