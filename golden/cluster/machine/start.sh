#!/bin/sh
# Starts a machine: a control group of its own, then namespaces of its own, then boot.sh as its first process.
# start.sh NAME DISK PROGRAMS: the machine's name, the folder that is its disk, the folder with the built programs.
set -eu
name=$1 disk=$2 programs=$3
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

# Where control groups are of version 1, there is a tree for each controller; else there is one tree.
join() {
    group=$1/hlmc-cluster/$name
    mkdir -p "$group"
    for of in "$1/hlmc-cluster" "$group"; do
        for file in cpuset.cpus cpuset.mems; do
            if [ -f "$of/$file" ] && [ -z "$(cat "$of/$file")" ]; then cat "$of/../$file" > "$of/$file"; fi
        done
    done
    echo $$ > "$group/cgroup.procs"
}
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    join /sys/fs/cgroup
else
    for tree in /sys/fs/cgroup/*; do
        if [ -f "$tree/cgroup.procs" ] && [ ! -L "$tree" ]; then join "$tree"; fi
    done
fi

exec unshare --mount --net --pid --uts --ipc --cgroup --fork --propagation private -- \
    sh "$here/boot.sh" "$name" "$disk" "$programs" "$here"
