#!/bin/sh
# Written by hlmc: brings this machine to what the lab declares for it. Run it as root from the unpacked bundle; it may be run
# again at any time, and changes nothing that is in order. With --dry-run it only says what it would do.
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"

node='barrel'
address='10.30.0.1'
arch='amd64'
distribution='debian'
bridge='false'
client='true'

programs() {
    program ufw ufw
    program dockerd docker-ce docker-ce-cli containerd.io
    program nomad nomad
}

files() {
    file 'etc/nomad.d/nomad.hcl' nomad
    file 'etc/systemd/system/nomad.service.d/10-hlmc.conf' nomad
    file 'etc/systemd/system/docker.service.d/10-hlmc.conf' docker
}

mounts() {
    :
}

folders() {
    folder '/srv/cloud-db' '' '999:999'
}

units() {
    unit docker.service never
    unit nomad.service nomad
}

accounts() {
    :
}

# ---- The same on every machine from here on.

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
state=/var/lib/hlmc/files
pending=/var/lib/hlmc/pending
dry_run=false
failed=false
changed=" $(cat "$pending" 2> /dev/null || :) "
missing=''

say() { printf '%s: %s\n' "$node" "$*"; }
warn() { printf '%s: warning: %s\n' "$node" "$*" >&2; }
fail() {
    printf '%s: error: %s\n' "$node" "$*" >&2
    exit 1
}
run() {
    if $dry_run; then say "would run: $*"; else "$@"; fi
}

case ${1:-} in
--dry-run) dry_run=true ;;
'') ;;
*) fail "usage: install.sh [--dry-run]" ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[ "$(id -u)" = 0 ] || $dry_run || fail 'this has to run as root'
ip -4 -o addr show | grep -qF " $address/" || fail "no interface has $address: is this the right machine?"
[ "$(dpkg --print-architecture)" = "$arch" ] || fail "this machine isn't $arch"

# program COMMAND PACKAGE...: remembers the packages when the command isn't there.
program() {
    command -v "$1" > /dev/null && return
    shift
    missing="$missing $*"
}

# repository NAME KEY URI SUITE COMPONENT: a source of packages for this architecture, with its key.
repository() {
    if grep -rqsF "$3" /etc/apt/sources.list /etc/apt/sources.list.d; then return; fi
    if $dry_run; then
        say "would add the package source $3"
        return
    fi
    install -d -m 0755 /etc/apt/keyrings
    curl -fsSL "$2" -o "$work/key"
    install -m 0644 "$work/key" "/etc/apt/keyrings/$1.asc"
    cat > "/etc/apt/sources.list.d/$1.sources" <<END
Types: deb
URIs: $3
Suites: $4
Components: $5
Architectures: $arch
Signed-By: /etc/apt/keyrings/$1.asc
END
}

apt() { run env DEBIAN_FRONTEND=noninteractive apt-get -o Dpkg::Options::=--force-confold -qq -y "$@"; }

packages() {
    programs
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC1091 # it lies on the machine
    codename=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
    if ! command -v curl > /dev/null; then
        apt update
        apt install --no-install-recommends ca-certificates curl
    fi
    case $missing in
    *docker-ce*)
        uri="https://download.docker.com/linux/$distribution"
        repository docker "$uri/gpg" "$uri" "$codename" stable
        ;;
    esac
    case $missing in
    *nomad* | *consul*)
        uri=https://apt.releases.hashicorp.com
        repository hashicorp "$uri/gpg" "$uri" "$codename" main
        ;;
    esac
    apt update
    # shellcheck disable=SC2086 # several packages
    apt install --no-install-recommends $missing
}

# accepted COMMAND...: the command takes the new configuration, or nothing is touched.
accepted() {
    command -v "$1" > /dev/null || {
        $dry_run && return
        fail "$1 isn't installed"
    }
    "$@" > "$work/said" 2>&1 || {
        cat "$work/said" >&2
        fail "refused by: $*"
    }
}

# agent NAME: lays the new configuration over what else the agent would read.
agent() {
    [ -d "$here/etc/$1.d" ] || return 0
    mkdir "$work/$1.d"
    for file in "/etc/$1.d/"*.hcl "/etc/$1.d/"*.json; do
        [ -f "$file" ] || continue
        [ "$file" = "/etc/$1.d/$1.hcl" ] || warn "$1 also reads $file, which hlmc didn't write"
        cp "$file" "$work/$1.d/"
    done
    cp "$here/etc/$1.d/"* "$work/$1.d/"
}

validate() {
    agent nomad
    accepted nomad config validate "$work/nomad.d"
    agent consul
    [ ! -d "$work/consul.d" ] || accepted consul validate "$work/consul.d"
    for file in "$here"/etc/dnsmasq.d/*.conf; do
        [ ! -f "$file" ] || accepted dnsmasq --test "--conf-file=$file"
    done
    [ ! -f "$here/etc/samba/smb.conf" ] || accepted testparm --suppress-prompt "$here/etc/samba/smb.conf"
}

# file PATH DAEMON: puts a file in place when it differs, and remembers whose it is: on disk too, so that a run that ended
# early is made up for by the next one.
file() {
    printf '%s\n' "$1" >> "$work/wanted"
    cmp -s "$here/$1" "/$1" && return
    changed="$changed$2 "
    if $dry_run; then
        say "would write /$1"
    else
        say "writing /$1"
        printf '%s\n' "$changed" > "$pending"
        install -D -m 0644 "$here/$1" "/$1"
    fi
}

# drop PATH: takes away a file that an earlier bundle put there and this one no longer has.
drop() {
    say "removing /$1"
    case $1 in
    *.mount) run systemctl disable "$(basename "$1")" ;;
    etc/samba/*) run systemctl disable --now smbd.service nmbd.service ;;
    etc/dnsmasq.d/*) run systemctl disable --now dnsmasq.service ;;
    etc/consul.d/*) run systemctl disable --now consul.service ;;
    esac
    run rm -f "/$1"
    changed="${changed}removed "
}

leftovers() {
    [ -f "$state" ] || return 0
    grep -vxF -f "$work/wanted" "$state" > "$work/stale" || return 0
    while IFS= read -r path; do drop "$path"; done < "$work/stale"
}

# mount_unit UNIT PATH: mounts it now and at every start.
mount_unit() {
    systemctl is-enabled --quiet "$1" 2> /dev/null || run systemctl enable "$1"
    mountpoint -q "$2" || run systemctl start "$1" || true
    if ! $dry_run && ! mountpoint -q "$2"; then
        warn "$2 couldn't be mounted"
        failed=true
    fi
}

# folder PATH MOUNT OWNER: makes a folder, but never in the empty place of a disk that isn't there.
folder() {
    if [ -n "$2" ] && ! mountpoint -q "$2"; then
        $dry_run && return
        failed=true
        warn "$2 isn't mounted: $1 isn't made"
        return
    fi
    [ ! -d "$1" ] || return 0
    run mkdir -p "$1"
    [ -z "$3" ] || run chown "$3" "$1"
}

# unit UNIT DAEMON: has it run with its present configuration, now and at every start.
unit() {
    systemctl is-enabled --quiet "$1" 2> /dev/null || run systemctl enable "$1"
    case $changed in
    *" $2 "*) run systemctl restart "$1" ;;
    *) systemctl is-active --quiet "$1" || run systemctl start "$1" ;;
    esac
}

# account USER: a share can't be opened by somebody whom Samba doesn't know.
account() {
    command -v pdbedit > /dev/null || return 0
    pdbedit -L 2> /dev/null | cut -d: -f1 | grep -qxF "$1" || warn "samba doesn't know $1 yet: run smbpasswd -a $1"
}

packages
validate
$dry_run || install -d -m 0755 /var/lib/hlmc
: > "$work/wanted"
files
leftovers
case $changed in
*[!\ ]*) run systemctl daemon-reload ;;
esac
mounts
folders
if $dry_run; then sh "$here/ufw.sh" --dry-run; else sh "$here/ufw.sh"; fi
if $client && [ ! -d /sys/fs/cgroup/memory ] && ! grep -qw memory /sys/fs/cgroup/cgroup.controllers 2> /dev/null; then
    warn 'the kernel has no memory cgroup, so no limit holds: add cgroup_enable=memory to its command line and reboot'
fi
if $bridge && [ ! -x /opt/cni/bin/bridge ]; then
    warn 'services of this node share a network of their own: put the CNI reference plugins, 1.2.0 or newer, into /opt/cni/bin'
fi
if $failed; then
    fail 'a disk is missing: no service was restarted'
fi
units
accounts
if ! $dry_run; then
    cp "$work/wanted" "$state"
    rm -f "$pending"
fi
say 'done'
