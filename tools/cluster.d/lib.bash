# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What every part of tools/cluster uses: messages, recorded processes, ports.

CACHE=${DBA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dba-operator}
STARTED=$EPOCHREALTIME

# Seconds with one digit since the script started.
elapsed() {
  local us=$(((${EPOCHREALTIME/./} - ${STARTED/./}) / 100000))
  echo "$((us / 10)).$((us % 10))"
}

say() { printf '[%6ss] %s\n' "$(elapsed)" "$*" >&2; }

# die MESSAGE REMEDY: the remedy is the next thing for the reader to try.
die() {
  printf 'error: %s\n' "$1" >&2
  [[ $# -lt 2 ]] || printf '  try: %s\n' "$2" >&2
  exit 1
}

need() { command -v "$1" >/dev/null || die "$1 is not installed" "apt-get install $2, or tools/setup"; }

# wait_for SECONDS WHAT COMMAND...: polls until COMMAND succeeds. Fails early
# when a part of the cluster has died, since it will then never come true.
wait_for() {
  local seconds=$1 what=$2 deadline dead
  shift 2
  deadline=$((SECONDS + seconds))
  until "$@" >/dev/null 2>&1; do
    dead=$(dead_parts)
    [[ -z $dead ]] || fail_part "${dead%% *}" "$dead ended while waiting for $what"
    ((SECONDS < deadline)) || die "$what was not there after $seconds s" "read the logs in $STATE/logs"
    sleep 0.1
  done
}

fail_part() {
  tail -n 5 "$STATE/logs/$1.log" >&2 || true
  die "$2" "read $STATE/logs/$1.log, then tools/cluster up again"
}

# A process is recorded as "pid starttime bootid", so that neither a reused pid
# nor one from before a power-off is ever taken for ours (proc(5), stat field 22).
identity() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=${stat##*) }
  # shellcheck disable=SC2086  # the fields are wanted one by one
  set -- "$1" $stat
  [[ $2 != Z ]] || return 1
  echo "$1 ${21} $(cat /proc/sys/kernel/random/boot_id)"
}

# alive NAME: prints the pid when the recorded process still runs.
alive() {
  local record
  record=$(cat "$STATE/pids/$1" 2>/dev/null) || return 1
  [[ -n $record && $(identity "${record%% *}") == "$record" ]] || return 1
  echo "${record%% *}"
}

parts() {
  local file
  for file in "$STATE"/pids/*; do
    [[ ! -e $file ]] || echo "${file##*/}"
  done
}

dead_parts() {
  local name
  for name in $(parts); do
    alive "$name" >/dev/null || printf '%s ' "$name"
  done
}

# spawn NAME COMMAND...: starts a detached process; it records itself before
# the exec, so that a kill of this script at any moment leaves no unknown one.
spawn() {
  local name=$1
  shift
  (
    identity "$BASHPID" >"$STATE/pids/.$name"
    mv "$STATE/pids/.$name" "$STATE/pids/$name"
    umask 022 # what a kubelet puts into volumes must be readable by any user
    exec setsid -- "$@"
  ) </dev/null >"$STATE/logs/$name.log" 2>&1 7>&- 8>&- 9>&- &
  until [[ -s $STATE/pids/$name ]]; do sleep 0.01; done
}

# stop_parts: ends recorded processes only, and waits until they are gone.
# SIGKILL: the data is thrown away, so there is nothing to shut down in order.
stop_parts() {
  local name pid left deadline=$((SECONDS + 20))
  for name in $(parts); do
    pid=$(alive "$name") && kill -KILL "$pid" 2>/dev/null
  done
  while :; do
    left=
    for name in $(parts); do
      alive "$name" >/dev/null && left=$name
    done
    [[ -n $left ]] || break
    ((SECONDS < deadline)) || die "$left does not end" "see $(cat "$STATE/pids/$left")"
    sleep 0.05
  done
  rm -rf "$STATE/pids"
}

listening() {
  local hex
  printf -v hex ':%04X' "$1"
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
    awk -v p="$hex" 'substr($2, length($2) - 4) == p && $4 == "0A" { found = 1 } END { exit !found }'
}

# free_port: a loopback port below the kernel's range for outgoing connections,
# so that nobody is given it by chance. A claim keeps clusters that start at the
# same time apart until the port is bound.
free_port() {
  local port dir=$CACHE/ports
  mkdir -p "$dir"
  (
    flock 7
    find "$dir" -name '[0-9]*' -mmin +2 -delete
    while :; do
      port=$((20000 + RANDOM % 12000))
      [[ ! -e $dir/$port ]] && ! listening "$port" && break
    done
    : >"$dir/$port"
    echo "$port"
  ) 7>"$dir/lock"
}
