#!/bin/sh
# Has cargo-deny check what hlmc is made of: licences, doubled crates, sources, build scripts, and the advisories when
# their database is on disk. `check.sh --fetch` brings that up to date first, which needs git and the internet.
set -eu
cd "$(dirname "$0")/../.."

version=0.20.2
tools=target/tools
if [ "$("$tools/bin/cargo-deny" --version 2>/dev/null)" != "cargo-deny $version" ]; then
	echo "building cargo-deny $version (a minute or two, the first time)"
	started=$(date +%s)
	# It runs for a second: optimizing it would take longer than it ever saves.
	CARGO_PROFILE_DEV_DEBUG=0 cargo install --quiet --debug --locked --no-default-features --root "$tools" \
		--target-dir "$tools/build" "cargo-deny@=$version"
	rm -rf "$tools/build"
	echo "built cargo-deny in $(($(date +%s) - started))s"
fi
PATH="$PWD/$tools/bin:$PATH"

cargo deny --locked check licenses bans sources

databases=${CARGO_HOME:-$HOME/.cargo}/advisory-dbs
if [ "${1:-}" = --fetch ]; then
	cargo deny --locked check advisories
elif [ -d "$databases" ]; then
	cargo deny --locked --offline check advisories
else
	echo "SKIPPED: advisories: no database in $databases; \`make advisories\` fetches it"
fi
