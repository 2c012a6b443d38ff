# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034  # the other parts read what is set here
# Messages, waits and claims of tools/demo.

CACHE=${DBA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dba-operator}
STATE=$CACHE/demo
LOGS=$CACHE/demo-logs
STARTED=$EPOCHREALTIME
CLAIMS=0
BOLD='' GREEN='' YELLOW='' RED='' PLAIN=''
if [[ -t 1 && ${TERM:-dumb} != dumb && -z ${NO_COLOR:-} ]]; then
  BOLD=$'\e[1m' GREEN=$'\e[32m' YELLOW=$'\e[33m' RED=$'\e[31m' PLAIN=$'\e[0m'
fi

# Seconds with one digit since the demo started.
elapsed() {
  local tenths=$(((${EPOCHREALTIME/./} - ${STARTED/./}) / 100000))
  printf '%4d.%d' $((tenths / 10)) $((tenths % 10))
}

say() { printf '[%ss] %s\n' "$(elapsed)" "$*"; }
step() { printf '\n%s[%ss] %s%s\n' "$BOLD" "$(elapsed)" "$*" "$PLAIN"; }
indent() { sed 's/^/          /'; }

# A command for the reader, and what it prints.
show() {
  printf '\n          %s$ %s%s\n' "$BOLD" "$1" "$PLAIN"
  shift
  "$@" 2>&1 | indent
}

# die MESSAGE REMEDY: ends the demo; the exit trap collects what is to be looked at.
die() {
  printf '%serror: %s%s\n' "$RED" "$1" "$PLAIN" >&2
  [[ $# -lt 2 ]] || printf '  look at: %s\n' "$2" >&2
  exit 1
}

# claim TEXT COMMAND...: a sentence that the demo proves; it ends here when it is not true.
claim() {
  local text=$1 out
  shift
  out=$("$@" 2>&1) || {
    [[ -z $out ]] || printf '%s\n' "$out" | tail -n 5 | indent >&2
    die "not true: $text" "the lines above"
  }
  CLAIMS=$((CLAIMS + 1))
  printf '[%ss] %s ok %s %s\n' "$(elapsed)" "$GREEN" "$PLAIN" "$text"
}

# wait_for SECONDS WHAT LOOK COMMAND...: polls COMMAND; LOOK is where the reason is seen when it stays false.
wait_for() {
  local seconds=$1 what=$2 look=$3 begun=$SECONDS told=
  shift 3
  until "$@" >/dev/null 2>&1; do
    ((SECONDS - begun < seconds)) || die "$what: still not so after $seconds s" "$look"
    if [[ -z $told ]] && ((SECONDS - begun >= 3)); then
      say "waiting for $what (at most $seconds s)"
      told=yes
    fi
    sleep 0.3
  done
}

same() { [[ $1 == "$2" ]] || { echo "expected '$2', found '$1'" && return 1; }; }
is_empty() { [[ -z $1 ]] || { echo "expected nothing, found '$1'" && return 1; }; }

# Runs a tool of this project with its lines indented under ours. Descriptor 9 is the demo's lock, which a server that
# the tool leaves running must not keep.
run_tool() {
  local what=$1
  shift
  if ! "$@" 2>&1 9>&- | tee "$LOGS/${what// /-}.log" | sed -u 's/^/          /'; then
    die "$what failed" "$LOGS/${what// /-}.log"
  fi
}

kube() { kubectl --request-timeout=20s "$@"; }

random_password() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }
