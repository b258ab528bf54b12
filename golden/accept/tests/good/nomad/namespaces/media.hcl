name        = "media"
description = "films and music"
