# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The folder of one cluster: settings, lock, and its removal.
# shellcheck disable=SC2034  # the settings are used by the other parts

SETTINGS=(MODE CONTROLLER_MANAGER API_HOST API_PORT ETCD_PORT KCM_PORT SCHEDULER_PORT SERVICE_RANGE SERVICE_IP
  NODE_INDEX NODE_NET POD_RANGE DNS_IP HOST_IP CGROUP)
MARKER=.dba-cluster

default_settings() {
  NET=() INSIDE=()
  API_HOST=127.0.0.1 SERVICE_RANGE=10.96.0.0/16 SERVICE_IP=10.96.0.1
  API_PORT='' ETCD_PORT='' KCM_PORT='' SCHEDULER_PORT=''
  NODE_INDEX='' NODE_NET='' POD_RANGE='' DNS_IP='' HOST_IP='' CGROUP=''
}

save_settings() {
  local name
  for name in "${SETTINGS[@]}"; do printf '%s=%q\n' "$name" "${!name}"; done >"$STATE/.settings.new"
  mv "$STATE/.settings.new" "$STATE/settings"
}

# load_settings: false when there is no cluster in the folder.
load_settings() {
  default_settings
  [[ -s $STATE/settings ]] || return 1
  # shellcheck source=/dev/null
  source "$STATE/settings"
  [[ $MODE != node ]] || use_node_network
}

# lock_state: one command at a time changes a cluster. The lock lies beside the
# folder, since `down` removes the folder itself.
lock_state() {
  mkdir -p "$(dirname "$STATE")"
  while :; do
    exec 9>"$STATE.lock"
    flock -n 9 || { say "waiting for another tools/cluster on $STATE" && flock -w 900 9; }
    [[ ! "$STATE.lock" -ef /dev/fd/9 ]] || break # else `down` removed it meanwhile
  done
}

# A folder that we did not make is never emptied.
check_folder() {
  [[ ! -e $STATE || -e $STATE/$MARKER ]] || [[ -d $STATE && -z $(ls -A "$STATE") ]] ||
    die "$STATE is not empty and not a cluster's folder" "--state with another folder"
}

make_folder() {
  mkdir -p "$STATE"
  : >"$STATE/$MARKER"
  mkdir -p "$STATE/pids" "$STATE/logs"
}

# clear_state: whatever state an earlier run was left in, nothing of it remains.
clear_state() {
  [[ -e $STATE/$MARKER ]] || return 0
  stop_parts
  clear_node
  rm -rf --one-file-system "${STATE:?}"
}

# healthy: is every part of the cluster in the folder alive and ready?
healthy() {
  [[ -n $(parts) && -z $(dead_parts) ]] || return 1
  api /readyz >/dev/null 2>&1 || return 1
  [[ $MODE != node ]] || node_ready >/dev/null 2>&1
}
