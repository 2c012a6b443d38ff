# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# etcd, kube-apiserver, kube-controller-manager and kube-scheduler.
# shellcheck disable=SC2153,SC2054  # API_HOST is set in state.bash; commas are the programs'
# Flags: the programs' own --help at v1.34.4 and etcd 3.4.

# issue NAME SUBJECT [SAN]: a P-256 key and a certificate signed by our CA.
issue() {
  local name=$1 subject=$2 san=${3:-}
  openssl req -x509 -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
    -CA "$PKI/ca.crt" -CAkey "$PKI/ca.key" -subj "$subject" \
    -addext basicConstraints=critical,CA:FALSE \
    -addext extendedKeyUsage=serverAuth,clientAuth \
    ${san:+-addext "subjectAltName=$san"} \
    -keyout "$PKI/$name.key" -out "$PKI/$name.crt" 2>>"$STATE/logs/openssl.log"
}

# write_pki: one CA for everything; the cluster lives too short for more.
write_pki() {
  mkdir -p "$PKI"
  openssl req -x509 -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
    -subj /CN=dba-cluster-ca -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature \
    -keyout "$PKI/ca.key" -out "$PKI/ca.crt" 2>"$STATE/logs/openssl.log"
  issue server /CN=kube-apiserver "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,\
DNS:kubernetes.default.svc.cluster.local,IP:127.0.0.1,IP:$API_HOST,IP:$SERVICE_IP"
  issue admin /O=system:masters/CN=cluster-admin
  openssl ecparam -name prime256v1 -genkey -noout -out "$PKI/service-account.key"
  openssl ec -in "$PKI/service-account.key" -pubout -out "$PKI/service-account.pub" 2>>"$STATE/logs/openssl.log"
  local token
  token=$(openssl rand -hex 24)
  echo "$token,cluster-admin,cluster-admin,system:masters" >"$PKI/tokens.csv"
  echo "Authorization: Bearer $token" >"$PKI/auth-header"
  kubeconfig_token "$token" >"$STATE/kubeconfig"
}

# The kubeconfigs are JSON, which kubectl reads as YAML and which every client
# without a YAML reader can read too.
kubeconfig_token() {
  kubeconfig_with "\"token\": \"$1\""
}

kubeconfig_cert() {
  kubeconfig_with "\"client-certificate-data\": \"$(base64 -w0 "$PKI/$1.crt")\",
      \"client-key-data\": \"$(base64 -w0 "$PKI/$1.key")\""
}

kubeconfig_with() {
  cat <<EOF
{
  "apiVersion": "v1",
  "kind": "Config",
  "clusters": [{
    "name": "dba",
    "cluster": {
      "server": "https://$API_HOST:$API_PORT",
      "certificate-authority-data": "$(base64 -w0 "$PKI/ca.crt")"
    }
  }],
  "users": [{
    "name": "admin",
    "user": {
      $1
    }
  }],
  "contexts": [{"name": "dba", "context": {"cluster": "dba", "user": "admin"}}],
  "current-context": "dba"
}
EOF
}

# api PATH: the body of a GET with the admin's rights. The token stays in a file:
# arguments can be read by everybody on the machine.
api() {
  curl -fsS --max-time 5 --noproxy '*' --cacert "$PKI/ca.crt" -H "@$PKI/auth-header" "https://$API_HOST:$API_PORT$1"
}

healthy_port() {
  "${NET[@]}" curl -fsS --max-time 5 --noproxy "*" --cacert "$PKI/ca.crt" "https://127.0.0.1:$1/healthz"
}

# The control plane of a full cluster lives in the node's network namespace.
spawn_in_net() { spawn "$1" "${NET[@]}" "${@:2}"; }

start_etcd() {
  local peer
  peer=http://127.0.0.1:$(free_port)
  spawn_in_net etcd etcd --name dba --data-dir "$STATE/etcd" --unsafe-no-fsync \
    --listen-client-urls "https://127.0.0.1:$ETCD_PORT" --advertise-client-urls "https://127.0.0.1:$ETCD_PORT" \
    --client-cert-auth --trusted-ca-file "$PKI/ca.crt" --cert-file "$PKI/server.crt" --key-file "$PKI/server.key" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "dba=$peer" \
    --logger zap --log-level warn
}

start_apiserver() {
  local args=(
    --etcd-servers "https://127.0.0.1:$ETCD_PORT" --etcd-cafile "$PKI/ca.crt"
    --etcd-certfile "$PKI/admin.crt" --etcd-keyfile "$PKI/admin.key"
    --secure-port "$API_PORT" --tls-cert-file "$PKI/server.crt" --tls-private-key-file "$PKI/server.key"
    --client-ca-file "$PKI/ca.crt" --token-auth-file "$PKI/tokens.csv"
    --authorization-mode Node,RBAC --allow-privileged=true --profiling=false
    --service-cluster-ip-range "$SERVICE_RANGE"
    --service-account-issuer https://kubernetes.default.svc.cluster.local
    --service-account-key-file "$PKI/service-account.pub"
    --service-account-signing-key-file "$PKI/service-account.key"
    # Leave the machine's cores to the work: a test has few clients.
    --max-requests-inflight 800 --max-mutating-requests-inflight 400
  )
  if [[ $MODE == node ]]; then
    # Bound to every address of the node's own network, which nothing outside
    # the machine can reach. Without InternalIP, logs would resolve a host name.
    args+=(--bind-address 0.0.0.0 --advertise-address "$API_HOST"
      --enable-admission-plugins NodeRestriction
      --kubelet-preferred-address-types InternalIP --kubelet-certificate-authority "$PKI/ca.crt"
      --kubelet-client-certificate "$PKI/admin.crt" --kubelet-client-key "$PKI/admin.key")
  else
    args+=(--bind-address 127.0.0.1 --advertise-address 127.0.0.1 --endpoint-reconciler-type none)
  fi
  # Nobody makes the "default" service accounts then, so Pods must do without.
  [[ $CONTROLLER_MANAGER == yes ]] || args+=(--disable-admission-plugins ServiceAccount)
  spawn_in_net kube-apiserver "$KUBE_BIN/kube-apiserver" "${args[@]}"
}

# start_controller_manager: with the default 20 requests a second, tests with
# many Jobs would measure this program's throttle instead of ours.
start_controller_manager() {
  spawn_in_net kube-controller-manager "$KUBE_BIN/kube-controller-manager" \
    --kubeconfig "$STATE/kubeconfig" --leader-elect=false --profiling=false \
    --kube-api-qps 500 --kube-api-burst 1000 \
    --bind-address 127.0.0.1 --secure-port "$KCM_PORT" \
    --tls-cert-file "$PKI/server.crt" --tls-private-key-file "$PKI/server.key" \
    --root-ca-file "$PKI/ca.crt" --service-account-private-key-file "$PKI/service-account.key" \
    --controllers '*,-nodeipam,-node-route-controller,-service-lb-controller,-cloud-node-lifecycle-controller'
}

start_scheduler() {
  issue scheduler /O=system:kube-scheduler/CN=system:kube-scheduler
  kubeconfig_cert scheduler >"$STATE/scheduler.kubeconfig"
  spawn_in_net kube-scheduler "$KUBE_BIN/kube-scheduler" --kubeconfig "$STATE/scheduler.kubeconfig" \
    --leader-elect=false --profiling=false --bind-address 127.0.0.1 --secure-port "$SCHEDULER_PORT" \
    --tls-cert-file "$PKI/server.crt" --tls-private-key-file "$PKI/server.key"
}

choose_ports() {
  API_PORT=6443
  [[ $MODE == node ]] || API_PORT=$(free_port)
  ETCD_PORT=$(free_port) KCM_PORT=$(free_port) SCHEDULER_PORT=$(free_port)
}

# start_control_plane: returns when /readyz says ok, and, with a controller
# manager, when Pods may be created in the namespace "default".
start_control_plane() {
  choose_ports
  save_settings
  write_pki
  start_etcd
  start_apiserver
  wait_for 60 "a ready kube-apiserver" api /readyz
  say "kube-apiserver ready at https://$API_HOST:$API_PORT"
  [[ $CONTROLLER_MANAGER == yes ]] || return 0
  start_controller_manager
  [[ $MODE != node ]] || start_scheduler
  wait_for 60 "the default service account" api /api/v1/namespaces/default/serviceaccounts/default
  say "kube-controller-manager ready"
}
