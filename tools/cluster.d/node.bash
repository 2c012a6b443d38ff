# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2153  # settings are set in state.bash
# The node: containerd, kubelet, kube-proxy, and CoreDNS as a Pod on it.

NODE=dba-node
SOCKET=/run/containerd/containerd.sock

spawn_inside() { spawn "$1" "${INSIDE[@]}" "${@:2}"; }

kube() {
  local kubectl=kubectl
  [[ ! -x $KUBE_BIN/kubectl ]] || kubectl=$KUBE_BIN/kubectl
  "$kubectl" --kubeconfig "$STATE/kubeconfig" --cache-dir "$STATE/kubectl-cache" --request-timeout=10s "$@"
}

containerd_ctl() { "${INSIDE[@]}" ctr --address "$SOCKET" --namespace k8s.io "$@"; }

# import_image FILE: through stdin, since the node has its own /run.
import_image() { containerd_ctl images import --no-unpack=false - <"$1" >>"$STATE/logs/images.log" 2>&1; }

# restrict_oom_score_adj: a machine without CAP_SYS_RESOURCE may not lower
# oom_score_adj, and every sandbox would fail with "can't get final child's PID".
write_containerd_config() {
  cat >"$STATE/node/containerd.toml" <<EOF
version = 2
root = "$STATE/node/containerd"
state = "/run/containerd"
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
]
[grpc]
  address = "$SOCKET"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:dev"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$STATE/node/cni-config"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
EOF
}

# ptp: every Pod has a routed link of its own, so a reply between two Pods
# passes the node's iptables even where the kernel lacks br_netfilter.
write_cni_config() {
  mkdir -p "$STATE/node/cni-config"
  cat >"$STATE/node/cni-config/10-dba.conflist" <<EOF
{"cniVersion": "0.4.0", "name": "dba", "plugins": [
  {"type": "ptp", "mtu": 1500, "ipam": {
    "type": "host-local", "dataDir": "/run/cni-addresses",
    "ranges": [[{"subnet": "$POD_RANGE"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
EOF
}

# Images are never collected: nothing could pull them again.
write_kubelet_config() {
  cat >"$STATE/node/kubelet.json" <<EOF
{"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration",
 "containerRuntimeEndpoint": "unix://$SOCKET",
 "cgroupDriver": "cgroupfs", "cgroupRoot": "/$CGROUP", "failCgroupV1": false,
 "failSwapOn": false, "enforceNodeAllocatable": [], "localStorageCapacityIsolation": false,
 "resolvConf": "", "clusterDNS": ["$DNS_IP"], "clusterDomain": "cluster.local",
 "authentication": {"anonymous": {"enabled": false}, "webhook": {"enabled": true},
   "x509": {"clientCAFile": "$PKI/ca.crt"}},
 "authorization": {"mode": "Webhook"},
 "tlsCertFile": "$PKI/kubelet.crt", "tlsPrivateKeyFile": "$PKI/kubelet.key",
 "imageGCHighThresholdPercent": 100, "imageGCLowThresholdPercent": 99,
 "evictionHard": {"memory.available": "64Mi", "nodefs.available": "512Mi", "imagefs.available": "512Mi"},
 "kubeAPIQPS": 200, "kubeAPIBurst": 400, "maxPods": 250, "registryPullQPS": 0,
 "volumePluginDir": "$STATE/node/volume-plugins", "shutdownGracePeriod": "0s"}
EOF
}

# The zeros leave the kernel's connection tracking alone: its limits are read-only here.
write_proxy_config() {
  cat >"$STATE/node/kube-proxy.json" <<EOF
{"apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration",
 "clientConnection": {"kubeconfig": "$STATE/node/kube-proxy.kubeconfig"},
 "mode": "iptables", "clusterCIDR": "$POD_RANGE", "hostnameOverride": "$NODE", "nodeIP": "$API_HOST",
 "conntrack": {"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"}}
EOF
}

start_containerd() {
  write_containerd_config
  write_cni_config
  spawn_inside containerd containerd --config "$STATE/node/containerd.toml"
  wait_for 30 "containerd" containerd_ctl version
  import_image "$(packed_image pause "$COREDNS_BIN/pause")"
  import_image "$(packed_image coredns "$COREDNS_BIN/coredns")"
}

start_kubelet() {
  make_cgroups
  issue kubelet "/O=system:nodes/CN=system:node:$NODE" "DNS:$NODE,IP:$API_HOST"
  kubeconfig_cert kubelet >"$STATE/node/kubelet.kubeconfig"
  write_kubelet_config
  spawn_inside kubelet "$KUBE_BIN/kubelet" --config "$STATE/node/kubelet.json" \
    --kubeconfig "$STATE/node/kubelet.kubeconfig" --node-ip "$API_HOST" --hostname-override "$NODE"
}

start_proxy() {
  issue kube-proxy /CN=system:kube-proxy
  kubeconfig_cert kube-proxy >"$STATE/node/kube-proxy.kubeconfig"
  write_proxy_config
  spawn_inside kube-proxy "$KUBE_BIN/kube-proxy" --config "$STATE/node/kube-proxy.json"
}

start_node() {
  start_containerd
  say "containerd ready"
  start_kubelet
  start_proxy
  sed "s/@DNS_IP@/$DNS_IP/" "$PARTS/coredns.yaml" | kube apply -f - >"$STATE/logs/coredns.log"
  wait_for 60 "a ready node" node_is Ready
  say "node ready"
  wait_for 60 "CoreDNS" dns_ready
  say "CoreDNS ready"
}

node_is() {
  [[ $(kube get node "$NODE" -o "jsonpath={.status.conditions[?(@.type==\"$1\")].status}") == True ]]
}
dns_ready() { [[ $(kube -n kube-system get deployment coredns -o 'jsonpath={.status.readyReplicas}') == 1 ]]; }
node_ready() { node_is Ready && dns_ready; }

node_status() {
  local health=unready
  node_is Ready 2>/dev/null && health=ready
  printf '%-25s %8s  %-10s %10s\n' "node $NODE" - "$health" -
  health=unready
  dns_ready 2>/dev/null && health=ready
  printf '%-25s %8s  %-10s %10s\n' "CoreDNS" - "$health" -
}

# packed_image NAME PROGRAM: the path of an image with this one static program,
# made once. A docker-archive is a tar of a config, layers and a manifest.
packed_image() {
  local name=$1 program=$2 work image
  image=$CACHE/images/$name-$(basename "$(dirname "$program")").tar
  if [[ ! -s $image ]]; then
    mkdir -p "$CACHE/images"
    work=$(mktemp -d "$CACHE/images/.pack.XXXXXX")
    install -m 755 "$program" "$work/$name"
    tar -C "$work" --owner=0 --group=0 -cf "$work/layer.tar" "$name"
    printf '{"architecture":"%s","os":"linux","config":{"Entrypoint":["/%s"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
      "$(go_arch)" "$name" "$(sha256sum <"$work/layer.tar" | cut -d' ' -f1)" >"$work/config.json"
    printf '[{"Config":"config.json","RepoTags":["localhost/%s:dev"],"Layers":["layer.tar"]}]' "$name" >"$work/manifest.json"
    tar -C "$work" -cf "$image.new" manifest.json config.json layer.tar
    mv "$image.new" "$image"
    rm -rf "$work"
  fi
  echo "$image"
}

go_arch() { case $(uname -m) in aarch64) echo arm64 ;; *) echo amd64 ;; esac }
