#!/bin/sh
# Builds nomad, consul, vault, caddy, promtool, prometheus and efm-langserver from the modules beside this script into bin/, and what is ours:
# nomad-batch, plan-nomad, the readers that print what those programs take from a file, and the listings of all that they read.
# A program is built again only when its go.mod or go.sum, our source, this script or the Go version changed.
set -eu
cd "$(dirname "$0")"
mkdir -p bin

go_version=$(go env GOVERSION)

# What the program is built from, as far as it is here.
sources() {
	cat "$1/go.mod" "$1/go.sum" build.sh
	case $2 in
	./*) cat "$1/$2"/*.go ;;
	esac
}

# build MODULE PACKAGE [TAGS [NAME]]
build() {
	module=$1
	package=$2
	tags=${3:-}
	name=${4:-$1}
	stamp=$(sources "$module" "$package" | cksum)" $go_version"
	if [ -x "bin/$name" ] && [ "$(cat "bin/$name.stamp" 2>/dev/null)" = "$stamp" ]; then
		return
	fi
	echo "building $name (minutes, the first time)"
	started=$(date +%s)
	rm -f "bin/$name.stamp"
	(cd "$module" && go build -mod=readonly -trimpath -buildvcs=false -ldflags '-s -w' -tags "$tags" -o "../bin/$name" "$package")
	printf '%s\n' "$stamp" >"bin/$name.stamp"
	echo "built $name in $(($(date +%s) - started))s"
}

discoveries=remove_all_sd,enable_consul_sd,enable_dns_sd,enable_nomad_sd

build caddy github.com/caddyserver/caddy/v2/cmd/caddy
build caddy ./read '' read-caddy
build consul github.com/hashicorp/consul
build consul ./read '' read-consul
build consul ./fields '' fields-consul
build efm github.com/mattn/efm-langserver '' efm-langserver
build nomad github.com/hashicorp/nomad hashicorpmetrics
build nomad ./batch hashicorpmetrics nomad-batch
build nomad ./read hashicorpmetrics read-nomad
build nomad ./fields hashicorpmetrics fields-nomad
build nomad ./feasible hashicorpmetrics feasible-nomad
build nomad ./plan hashicorpmetrics plan-nomad
# Without the plugins for clouds, databases and directories, which nobody here has.
build vault github.com/hashicorp/vault minimal
build vault ./read minimal read-vault
# Debian's are built without Consul discovery. All the discoveries are megabytes of cloud SDKs: these three do.
build promtool github.com/prometheus/prometheus/cmd/promtool "$discoveries"
build promtool github.com/prometheus/prometheus/cmd/prometheus "$discoveries" prometheus
build promtool ./read "$discoveries" read-promtool
