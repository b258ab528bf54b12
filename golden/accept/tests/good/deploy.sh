#!/bin/bash
set -euo pipefail
waves=(first second)
for wave in "${waves[@]}"; do
	echo "$wave"
done
