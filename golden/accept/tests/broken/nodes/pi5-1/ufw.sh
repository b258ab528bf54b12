#!/bin/sh
set -eu
[ "${1:-}" = --dry-run ]
cat <<'END'
+ ufw allow 22/tcp
+ *filter
+ :DOCKER-USER - [0:0]
+ -A DOCKER-USER -p tcp -m conntrack --original-port 9100 -j RETURN
+ COMMIT
END
