#!/bin/sh
set -eu
if [ "${1:-}" = --dry-run ]; then
    cat <<'END'
+ ufw allow from 192.168.1.0/24 to any port 4646 proto tcp comment 'nomad http'
+ *filter
+ :DOCKER-USER - [0:0]
+ -A DOCKER-USER -s 192.168.1.0/24 -p tcp -m conntrack --ctorigdstport 9100 -j RETURN
+ COMMIT
+ ufw enable
END
    exit 0
fi
ufw --force reset
ufw default deny incoming
