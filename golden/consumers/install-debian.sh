#!/bin/sh
# Installs the Debian programs that `make accept` needs. Only what is missing is installed, so a second run does nothing.
set -eu

# One line a program: the command that is looked for, and the package it comes from.
programs='
dnsmasq dnsmasq-base
testparm samba-common-bin
ufw ufw
iptables-restore iptables
shellcheck shellcheck
systemd-analyze systemd
unzip unzip
strace strace
dockerd docker.io
busybox busybox-static
sshd openssh-server
ssh openssh-client
sudo sudo
smbd samba
ip iproute2
nsenter util-linux
curl curl
openssl openssl
docker-registry docker-registry
'

# Debian keeps system programs where a plain user's PATH doesn't lead.
PATH="$PATH:/usr/sbin:/sbin"

missing=$(printf '%s' "$programs" | while read -r command package; do
	[ -z "$command" ] || command -v "$command" >/dev/null 2>&1 || printf ' %s' "$package"
done)
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
	echo "error: these Debian packages are needed, and there is no apt-get to install them:$missing" >&2
	exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
	root=''
elif command -v sudo >/dev/null 2>&1; then
	root='sudo'
else
	echo "error: these Debian packages are needed; install them as root or have sudo:$missing" >&2
	exit 1
fi

# Only the programs are wanted, not the daemons: nothing may start while packages are unpacked, or at the next boot.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	trap '$root rm -f "$policy"' EXIT
	trap 'exit 1' HUP INT TERM
	printf '#!/bin/sh\nexit 101\n' | $root tee "$policy" >/dev/null
	$root chmod 755 "$policy"
fi

echo "installing:$missing"
$root apt-get update -qq
# shellcheck disable=SC2086 # the list is meant to be split into words
$root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing

# disable PACKAGE UNIT...: keeps what a package brings from starting at the next boot.
disable() {
	package=$1
	shift
	case "$missing " in
	*" $package "*) ! command -v systemctl >/dev/null 2>&1 || $root systemctl disable --quiet "$@" 2>/dev/null || true ;;
	esac
}
disable ufw ufw.service
disable docker.io docker.service docker.socket containerd.service
disable openssh-server ssh.service
disable docker-registry docker-registry.service
disable samba smbd.service nmbd.service samba-ad-dc.service
