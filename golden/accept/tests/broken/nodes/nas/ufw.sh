#!/bin/sh
set -eu
ufw allow from 192.168.1.0/33 to any port 4646 proto tcp
