name        = "tools"
description = "What only its owner uses"
