#!/bin/sh
set -eu
ufw --force reset
ufw default deny incoming
ufw allow from 192.168.1.0/24 to any port 4646 proto tcp comment 'nomad http'
ufw --force enable
