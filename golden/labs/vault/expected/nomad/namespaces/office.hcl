name        = "office"
description = "What is for work"
