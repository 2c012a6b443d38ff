#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The first process in a node's namespaces: holds them open, gives the node its
# own /run, /var/log and /var/lib folders, and reaps what containers orphan.
# Usage: node_init.bash FOLDER MOUNT_POINT...
set -euo pipefail

FOLDER=$1
shift
mount --make-rshared /
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs /var/log
for point in "$@"; do
  mount --bind "$FOLDER/${point##*/}" "$point"
done
: >"$FOLDER/init-ready"

# bash reaps every child it is given while it waits; as process 1 it is given all.
while :; do
  sleep 2147483647 &
  wait $! || true
done
