#!/bin/sh
# Builds nomad, consul, caddy and promtool from the modules beside this script into bin/.
# A program is built again only when its go.mod or go.sum, this script or the Go version changed.
set -eu
cd "$(dirname "$0")"
mkdir -p bin

go_version=$(go env GOVERSION)

build() {
	name=$1
	package=$2
	tags=${3:-}
	stamp=$(cat "$name/go.mod" "$name/go.sum" build.sh | cksum)" $go_version"
	if [ -x "bin/$name" ] && [ "$(cat "bin/$name.stamp" 2>/dev/null)" = "$stamp" ]; then
		return
	fi
	echo "building $name (minutes, the first time)"
	started=$(date +%s)
	rm -f "bin/$name.stamp"
	(cd "$name" && go build -mod=readonly -trimpath -buildvcs=false -ldflags '-s -w' -tags "$tags" -o "../bin/$name" "$package")
	printf '%s\n' "$stamp" >"bin/$name.stamp"
	echo "built $name in $(($(date +%s) - started))s"
}

build caddy github.com/caddyserver/caddy/v2/cmd/caddy
build consul github.com/hashicorp/consul
build nomad github.com/hashicorp/nomad hashicorpmetrics
# Debian's promtool is built without Consul discovery. All the discoveries are megabytes of cloud SDKs: these three do.
build promtool github.com/prometheus/prometheus/cmd/promtool remove_all_sd,enable_consul_sd,enable_dns_sd,enable_nomad_sd
