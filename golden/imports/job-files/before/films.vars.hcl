films_version = "2.1.3"
