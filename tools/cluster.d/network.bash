# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034  # the settings are used by the other parts
# The node's own mount, process and network namespaces. All of a node's
# processes, mounts, addresses and iptables rules live in them and end with them:
# the machine's own are never touched, and a kill -9 of the one process that
# holds them (node-init) leaves nothing to clear but cgroups.
#
#   machine --- dba<N> 10.(200+N).255.1 === eth0 10.(200+N).255.2 --- node
# The node has no default route, so no packet can leave the machine. The machine
# reaches Pods and Services through one route to 10.(200+N).0.0/16.

RUN=/run/dba-operator
# What the kubelet sets for the whole machine (container_manager_linux.go, setupKernelTunables).
KERNEL_SETTINGS=(vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys
  kernel/keys/root_maxbytes)

check_node_machine() {
  [[ $EUID -eq 0 ]] || die "a node needs root" "sudo tools/cluster up, or --control-plane-only"
  need containerd containerd
  need runc runc
  need iptables iptables
  need ip iproute2
  need nsenter util-linux
  [[ -x /usr/lib/cni/ptp ]] || die "the CNI plugins are not installed" "apt-get install containernetworking-plugins"
  [[ -d /sys/fs/cgroup/memory || -e /sys/fs/cgroup/cgroup.controllers ]] ||
    die "no memory cgroup in /sys/fs/cgroup" "tools/cluster up --control-plane-only"
  local folder
  for folder in "$STATE/" "$CACHE/"; do # the node sees its own folders there
    [[ ! $folder =~ ^/(run|var/run|var/lib|var/log)/ ]] ||
      die "a node cannot live in $folder" "--state or DBA_CACHE outside /run, /var/lib and /var/log"
  done
  unshare --mount --pid --net --fork true 2>/dev/null ||
    die "no new namespaces may be made here" "a privileged container, or tools/cluster up --control-plane-only"
}

# node_pid PID: nsenter and unshare stay as parents of what they run; the child
# is the program itself.
node_pid() {
  local child
  case $(cat "/proc/$1/comm") in
  nsenter | unshare)
    read -r child _ <"/proc/$1/task/$1/children" || true
    echo "${child:-$1}"
    ;;
  *) echo "$1" ;;
  esac
}

use_node_network() {
  local init
  init=$(alive node-init) && init=$(node_pid "$init") || return 0
  NET=(nsenter --net="/proc/$init/ns/net" --)
  INSIDE=(nsenter --target "$init" --mount --pid --net --)
}

free_node_index() {
  local i
  for i in {0..15}; do
    [[ -e /sys/class/net/dba$i || -n $(ip route show root "10.$((200 + i)).0.0/16") ]] || { echo "$i" && return; }
  done
  die "10.200.0.0/16 to 10.215.0.0/16 are all in use" "ip route; end another cluster with tools/cluster down"
}

# make_node_network: one at a time, so that no two nodes choose the same index.
make_node_network() {
  lock_nodes
  save_kernel_settings
  NODE_INDEX=$(free_node_index)
  local net=10.$((200 + NODE_INDEX))
  NODE_NET=$net.0.0/16 POD_RANGE=$net.0.0/18 SERVICE_RANGE=$net.128.0/20
  SERVICE_IP=$net.128.1 DNS_IP=$net.128.10 API_HOST=$net.255.2 HOST_IP=$net.255.1
  CGROUP=dba-cluster-$NODE_INDEX
  save_settings
  start_node_init
  connect_node "dba$NODE_INDEX"
  exec 7>&-
  say "the node's network is $NODE_NET"
}

start_node_init() {
  mkdir -p "$STATE/node"
  # --kill-child: with the recorded parent, everything in the namespaces ends.
  spawn node-init unshare --mount --pid --net --fork --kill-child=KILL --mount-proc --propagation private \
    bash "$PARTS/node_init.bash" "$STATE/node"
  wait_for 20 "the node's namespaces" test -e "$STATE/node/init-ready"
  use_node_network
}

connect_node() {
  local link=$1 init=${INSIDE[2]}
  ip link add "$link" type veth peer name eth0 netns "$init"
  ip addr add "$HOST_IP/30" dev "$link"
  ip link set "$link" up
  "${NET[@]}" sh -euc "
    ip link set lo up
    ip addr add $API_HOST/30 dev eth0
    ip link set eth0 up
    echo 1 >/proc/sys/net/ipv4/ip_forward
    ip route add unreachable $NODE_NET
    # Until kube-proxy knows a Service, packets to it end in this dead end.
    ip link add services type veth peer name services-end
    ip link set services up
    ip link set services-end up
    ip route add $SERVICE_RANGE dev services src $API_HOST"
  ip route add "$NODE_NET" via "$API_HOST"
}

# What all nodes of the machine share lies in /run, which a restart empties.
lock_nodes() {
  mkdir -p "$RUN"
  exec 7>"$RUN/node.lock"
  flock 7
}

no_node_is_up() { [[ -z $(find /sys/class/net -maxdepth 1 -regex '.*/dba[0-9]+') ]]; }

# The first node's `up` saves the settings, the last node's `down` restores them.
save_kernel_settings() {
  local name
  no_node_is_up || return 0
  for name in "${KERNEL_SETTINGS[@]}"; do echo "$name $(cat "/proc/sys/$name")"; done >"$RUN/kernel-settings"
}

restore_kernel_settings() {
  local name value
  no_node_is_up && [[ -e $RUN/kernel-settings ]] || return 0
  while read -r name value; do
    [[ $(cat "/proc/sys/$name") == "$value" ]] || echo "$value" >"/proc/sys/$name"
  done <"$RUN/kernel-settings"
  rm -f "$RUN/kernel-settings"
}

# clear_node: what outlives the namespaces. Runs after the processes have ended,
# also when the machine stopped in the middle of anything.
clear_node() {
  load_settings || true
  [[ -n $NODE_INDEX ]] || return 0
  lock_nodes
  ip link del "dba$NODE_INDEX" 2>/dev/null || true
  remove_cgroups
  restore_kernel_settings
  exec 7>&-
}

cgroup_roots() { ls -d /sys/fs/cgroup/*/"$CGROUP" "/sys/fs/cgroup/$CGROUP" 2>/dev/null || true; }

# The kernel frees a cgroup a moment after its last process.
remove_cgroups() {
  local deadline=$((SECONDS + 15)) root
  while [[ -n $(cgroup_roots) ]]; do
    for root in $(cgroup_roots); do
      find "$root" -depth -type d -exec rmdir {} + 2>/dev/null || true
    done
    ((SECONDS < deadline)) || die "$(cgroup_roots | head -1) is still in use" "see its cgroup.procs, then tools/cluster down"
    [[ -z $(cgroup_roots) ]] || sleep 0.1
  done
}

# The kubelet wants its root cgroup to exist for every controller. A new cpuset
# of cgroup v1 is empty until it is told which cores and memory it may use.
make_cgroups() {
  local dir
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    mkdir -p "/sys/fs/cgroup/$CGROUP"
    for dir in cpu memory pids cpuset io; do
      echo "+$dir" | tee /sys/fs/cgroup/cgroup.subtree_control "/sys/fs/cgroup/$CGROUP/cgroup.subtree_control" || true
    done >/dev/null 2>&1
    return
  fi
  for dir in /sys/fs/cgroup/*/; do
    mkdir -p "$dir$CGROUP"
    [[ ! -e $dir$CGROUP/cpuset.cpus ]] || {
      cat "$dir/cpuset.cpus" >"$dir$CGROUP/cpuset.cpus"
      cat "$dir/cpuset.mems" >"$dir$CGROUP/cpuset.mems"
    }
  done
}
