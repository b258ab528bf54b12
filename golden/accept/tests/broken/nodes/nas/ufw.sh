#!/bin/sh
set -eu
[ "${1:-}" = --dry-run ]
echo '+ ufw allow from 192.168.1.0/33 to any port 4646 proto tcp'
