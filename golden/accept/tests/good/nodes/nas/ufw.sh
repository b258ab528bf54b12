#!/bin/sh
set -eu
ufw --force reset
ufw default deny incoming
ufw allow from 192.168.1.0/24 to any port 4646 proto tcp comment 'nomad http'
ufw --force enable
cat > /etc/ufw/after.rules <<'END'
*filter
:DOCKER-USER - [0:0]
-A DOCKER-USER -s 192.168.1.0/24 -p tcp -m conntrack --ctorigdstport 9100 -j RETURN
COMMIT
END
case ${1:-} in
*) ufw status ;;
esac
