#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The first process in a node's namespaces: holds them open, gives the node its
# own /run, /var/log and /var/lib, and reaps what containers orphan.
# Usage: node_init.bash FOLDER
set -euo pipefail

FOLDER=$1
mount --make-rshared /
for point in /run /var/log /var/lib; do
  mount -t tmpfs -o mode=755 tmpfs "$point"
done
# Volumes are on the disk; the rest that programs put below /var/lib is small.
mkdir -p "$FOLDER/kubelet" /var/lib/kubelet
mount --bind "$FOLDER/kubelet" /var/lib/kubelet
# Images in memory are loaded and thrown away in a tenth of the time that a disk
# takes for their many small files; 8 GiB leave enough for the rest.
mkdir -p "$FOLDER/containerd"
if (($(awk '/^MemAvailable/ { print $2 }' /proc/meminfo) > 8 << 20)); then
  mount -t tmpfs -o mode=711 tmpfs "$FOLDER/containerd"
fi
: >"$FOLDER/init-ready"

# bash reaps every child it is given while it waits; as process 1 it is given all.
while :; do
  sleep 2147483647 &
  wait $! || true
done
