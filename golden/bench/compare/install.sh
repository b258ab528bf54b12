#!/bin/sh
# Installs what hlmc is compared with into target/compare. Only what is missing is built, so a second run does nothing.
set -eu
cd "$(dirname "$0")"
into=$(cd ../../.. && pwd)/target/compare
mkdir -p "$into/bin"
go_version=$(go env GOVERSION)

# done_with NAME STAMP...: whether NAME was installed from just this.
done_with() {
	[ "$(cat "$into/$1.stamp" 2>/dev/null)" = "$2" ]
}

build() {
	name=$1
	stamp=$(cat "$name/go.mod" "$name/go.sum" | cksum)" $go_version"
	if done_with "$name" "$stamp"; then return; fi
	echo "building $name"
	(cd "$name" && go build -mod=readonly -trimpath -buildvcs=false -ldflags '-s -w' -o "$into/bin/$name" "$2")
	printf '%s\n' "$stamp" >"$into/$name.stamp"
}

build jsonnet github.com/google/go-jsonnet/cmd/jsonnet
build cue cuelang.org/go/cmd/cue
build helm helm.sh/helm/v4/cmd/helm

version=0.5.0-pre98
if ! done_with jrsonnet "$version"; then
	echo "building jrsonnet"
	cargo install --quiet --locked --force --root "$into" --target-dir "$into/build" "jrsonnet@=$version"
	rm -rf "$into/build"
	printf '%s\n' "$version" >"$into/jrsonnet.stamp"
fi

stamp=$(cksum <requirements.txt)" $(python3 --version)"
if ! done_with python "$stamp"; then
	echo "installing jinja2 and ansible-core"
	rm -rf "$into/python"
	python3 -m venv "$into/python"
	"$into/python/bin/pip" install --quiet --require-hashes --only-binary :all: --requirement requirements.txt
	printf '%s\n' "$stamp" >"$into/python.stamp"
fi
