# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# One function per command; existing_* leave a cluster that is not ours alone.

command_build() {
  build_all "$MODE"
  say "all programs are in $CACHE/bin"
}

command_up() {
  local wanted="$MODE $CONTROLLER_MANAGER"
  check_machine
  check_folder
  lock_state
  if load_settings && [[ "$MODE $CONTROLLER_MANAGER" == "$wanted" ]] && healthy; then
    say "already up"
    next_steps
    return
  fi
  read -r MODE CONTROLLER_MANAGER <<<"$wanted"
  clear_state
  build_all "$MODE"
  default_settings
  make_folder
  [[ $MODE != node ]] || make_node_network
  start_control_plane
  [[ $MODE != node ]] || start_node
  : >"$STATE/ready"
  next_steps
}

next_steps() {
  local flag=
  [[ $STATE == "$CACHE/cluster" ]] || flag=" --state $STATE"
  say "ready. Next: eval \"\$(tools/cluster env$flag)\" && kubectl get --raw /readyz; at the end: tools/cluster down$flag"
}

command_down() {
  check_folder
  [[ -e $STATE/$MARKER ]] || { say "no cluster in $STATE" && return; }
  lock_state
  load_settings || true
  [[ -z $NODE_INDEX || $EUID -eq 0 ]] || die "only root can end the node" "sudo tools/cluster down"
  clear_state
  rm -f "$STATE.lock"
  say "down; nothing is left in $STATE"
}

command_env() {
  load_settings || die "no cluster in $STATE" "tools/cluster up"
  [[ -z $(dead_parts) ]] || die "the cluster in $STATE does not run" "tools/cluster up"
  printf 'export KUBECONFIG=%q\n' "$STATE/kubeconfig"
  printf 'export PATH=%q:"%s"\n' "$(tool_path)" "\$PATH"
}

command_status() {
  local name
  load_settings || die "no cluster in $STATE" "tools/cluster up"
  printf '%-25s %8s  %-10s %10s\n' PART PID HEALTH MEMORY
  for name in $(parts); do part_status "$name"; done
  [[ $MODE != node ]] || node_status
  echo
  healthy || die "the cluster is not healthy" "read $STATE/logs, or tools/cluster up to start afresh"
  echo "https://$API_HOST:$API_PORT, KUBECONFIG=$STATE/kubeconfig"
}

part_status() {
  local name=$1 pid health=running kib=0
  if ! pid=$(alive "$name"); then
    printf '%-25s %8s  %-10s %10s\n' "$name" - dead -
    return
  fi
  case $name in
  kube-apiserver) api /readyz >/dev/null 2>&1 && health=ready || health=unready ;;
  kube-controller-manager) healthy_port "$KCM_PORT" >/dev/null 2>&1 && health=ready || health=unready ;;
  kube-scheduler) healthy_port "$SCHEDULER_PORT" >/dev/null 2>&1 && health=ready || health=unready ;;
  esac
  pid=$(node_pid "$pid")
  kib=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status" 2>/dev/null || true)
  printf '%-25s %8s  %-10s %6d MiB\n' "$name" "$pid" "$health" $((${kib:-0} / 1024))
}

command_load() {
  ((${#FILES[@]})) || die "no image given" "tools/cluster load IMAGE.tar"
  { load_settings && [[ $MODE == node ]]; } || die "no cluster with a node in $STATE" "tools/cluster up"
  local file
  for file in "${FILES[@]}"; do
    [[ $file != - ]] || file=/dev/stdin
    [[ -r $file ]] || die "$file cannot be read" "tools/images build"
    import_image "$file" || die "containerd refuses $file" "read $STATE/logs/images.log; it must be a docker-archive"
    say "loaded ${file##*/}"
  done
}

existing_up() { existing_status && say "using an existing cluster; nothing was started"; }
existing_down() { say "an existing cluster is in use; nothing was stopped"; }
existing_build() { say "an existing cluster is in use; nothing to build"; }
existing_load() { die "images cannot be loaded into a cluster that is not ours" "push them to a registry that it can reach"; }
existing_env() { printf 'export KUBECONFIG=%q\n' "$(readlink -m "$EXISTING")"; }
existing_status() {
  [[ -r $EXISTING ]] || die "$EXISTING cannot be read" "--kubeconfig with another file"
  need kubectl kubernetes-client
  KUBECONFIG=$EXISTING kubectl --request-timeout=10s get --raw /readyz >/dev/null ||
    die "the cluster of $EXISTING does not answer" "kubectl --kubeconfig $EXISTING cluster-info"
  KUBECONFIG=$EXISTING kubectl --request-timeout=10s get nodes
}

# check_machine: says what is missing before anything is started.
check_machine() {
  need etcd etcd-server
  need openssl openssl
  need curl curl
  [[ $MODE != node ]] || check_node_machine
}
