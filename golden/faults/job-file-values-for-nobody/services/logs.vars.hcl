retention = "30d"
level = "debug"
