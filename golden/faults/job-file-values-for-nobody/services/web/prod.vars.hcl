image-tag = "1.29.4"
workers   = 4
