# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What tools/setup, tools/test, tools/check and .ci/run share: messages, the
# cache's place, --help and --version. Sourced after `cd` to the root.

HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
# shellcheck disable=SC2034  # for the scripts that source this file
CACHE=${DBA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dba-operator}
export HOME
SCRIPT_STARTED=$EPOCHREALTIME

# Seconds with one digit since the script started.
elapsed() {
  local tenths=$(((${EPOCHREALTIME/./} - ${SCRIPT_STARTED/./}) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# Progress goes to stderr, results to stdout.
say() { printf '[%6ss] %s\n' "$(elapsed)" "$*" >&2; }
step() { printf '\n[%6ss] == %s\n' "$(elapsed)" "$*" >&2; }

# die WHAT REMEDY: the remedy is the next thing for the reader to try.
die() {
  printf 'error: %s\n' "$1" >&2
  [[ $# -lt 2 ]] || printf '  try: %s\n' "$2" >&2
  exit 1
}

# help_and_version NAME ARGUMENTS...: answers --help (with the script's usage
# function) and --version, and exits.
help_and_version() {
  local name=$1 argument
  shift
  for argument in "$@"; do
    case $argument in
    -h | --help) usage && exit 0 ;;
    --version) echo "$name $(cat VERSION)" && exit 0 ;;
    esac
  done
}

# Everything in git's index or not ignored that matches the patterns and exists.
project_files() {
  local file
  git ls-files --cached --others --exclude-standard -- "$@" | sort -u | while read -r file; do
    [[ ! -f $file ]] || echo "$file"
  done
}

# Bazel, quiet where nobody watches a terminal.
run_bazel() {
  local command=$1
  shift
  local -a options=()
  [[ -t 2 ]] || options=(--color=no --curses=no --show_progress_rate_limit=20)
  bazel "$command" "${options[@]}" "$@"
}

# run_bazel for queries: only the answer, errors only when it fails.
query_bazel() {
  local errors
  errors=$(mktemp)
  if ! bazel query --noshow_progress "$@" 2>"$errors"; then
    cat "$errors" >&2
    rm -f "$errors"
    return 1
  fi
  rm -f "$errors"
}
