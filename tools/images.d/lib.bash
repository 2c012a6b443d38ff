# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034  # used by the other parts
# Messages, and where things are.

DEBIAN=bookworm
STORE=$CACHE/images/store
STARTED=$SECONDS

say() { printf '[%4ss] %s\n' "$((SECONDS - STARTED))" "$*" >&2; }

# die MESSAGE REMEDY
die() {
  printf 'error: %s\n' "$1" >&2
  [[ $# -lt 2 ]] || printf '  try: %s\n' "$2" >&2
  exit 1
}

need() { command -v "$1" >/dev/null || die "$1 is not installed" "apt-get install $2, or tools/setup"; }

# logged FILE COMMAND...: the output into FILE; its end is shown on failure.
logged() {
  local log=$1
  shift
  mkdir -p "${log%/*}"
  "$@" >"$log" 2>&1 && return
  tail -n 8 "$log" >&2
  die "failed: $1 ${2:-}" "read $log"
}

hash_of() { sha256sum | cut -c1-16; }
