# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Builds the Go programs once, into the cache. A folder's name holds the hash of
# all that went in, so an existing file is never out of date.

KUBE_VERSION=$(sed -nE 's/^(require )?\s*k8s.io\/kubernetes (v[0-9.]+).*/\2/p' "$PARTS/kubernetes/go.mod")
GRPCURL_VERSION=v1.9.4

# Debian's backports put Go outside PATH; it fetches the toolchain that a module asks for.
need_go() {
  local dir
  for dir in /usr/local/go/bin /usr/lib/go-1.2[3-9]/bin; do
    command -v go >/dev/null || [[ ! -x $dir/go ]] || PATH+=:$dir
  done
  need go golang-1.23-go
}

# module_key FOLDER: a short hash of a Go module's files.
module_key() { find "$PARTS/$1" -type f \( -name 'go.*' -o -name '*.go' \) -print0 | sort -z | xargs -0 cat | sha256sum | cut -c1-12; }

KUBE_BIN=$CACHE/bin/kubernetes-$KUBE_VERSION-$(module_key kubernetes)
COREDNS_BIN=$CACHE/bin/coredns-$(module_key coredns)
GRPCURL_BIN=$CACHE/bin/grpcurl-$GRPCURL_VERSION

# go_build OUTPUT FOLDER PACKAGE LDFLAGS: nothing when OUTPUT exists already.
go_build() {
  local output=$1 folder=$2 package=$3 ldflags=$4 pid begin=$SECONDS log
  [[ ! -x $output ]] || return 0
  need_go
  mkdir -p "${output%/*}"
  log=$output.log
  say "building ${output##*/} (once)"
  (cd "$PARTS/$folder" && CGO_ENABLED=0 GOFLAGS=-buildvcs=false exec go build -trimpath \
    -ldflags "-s -w $ldflags" -o "$output.new" "$package") >"$log" 2>&1 8>&- &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 1
    (((SECONDS - begin) % 20 != 0)) || say "  still building ${output##*/}: $((SECONDS - begin)) s"
  done
  if ! wait "$pid"; then
    tail -n 5 "$log" >&2
    die "${output##*/} does not build" "read $log; the Go module proxy must be reachable"
  fi
  mv "$output.new" "$output"
  rm -f "$log"
  say "built ${output##*/} in $((SECONDS - begin)) s"
}

build_kubernetes() {
  local name stamp minor=${KUBE_VERSION#v1.}
  stamp="-X k8s.io/component-base/version.gitVersion=$KUBE_VERSION -X k8s.io/component-base/version.gitMajor=1"
  stamp+=" -X k8s.io/component-base/version.gitMinor=${minor%%.*}"
  [[ -d $KUBE_BIN ]] || say "the first build of Kubernetes takes about 6 minutes on 2 cores"
  for name in "$@"; do
    go_build "$KUBE_BIN/$name" kubernetes "k8s.io/kubernetes/cmd/$name" "$stamp"
  done
}

# The module proxy gives grpcurl's own go.sum, so no module of ours is needed.
build_grpcurl() {
  [[ ! -x $GRPCURL_BIN/grpcurl ]] || return 0
  need_go
  say "building grpcurl"
  GOBIN=$GRPCURL_BIN CGO_ENABLED=0 GOFLAGS='' go install "github.com/fullstorydev/grpcurl/cmd/grpcurl@$GRPCURL_VERSION" 2>&1 8>&- |
    sed 's/^/  /' >&2
  [[ -x $GRPCURL_BIN/grpcurl ]] || die "grpcurl does not build" "the Go module proxy must be reachable"
}

# build_all MODE: what a cluster of this mode needs. One build at a time.
build_all() {
  mkdir -p "$CACHE"
  exec 8>"$CACHE/build.lock"
  flock -n 8 || { say "waiting for another build to end" && flock 8; }
  build_kubernetes kube-apiserver kube-controller-manager
  command -v kubectl >/dev/null || build_kubernetes kubectl
  if [[ $1 == node ]]; then
    build_kubernetes kube-scheduler kubelet kube-proxy
    go_build "$COREDNS_BIN/coredns" coredns . ''
    go_build "$COREDNS_BIN/pause" coredns ./pause ''
    go_build "$COREDNS_BIN/probe" coredns ./probe ''
    build_grpcurl
  fi
  exec 8>&-
}

# tool_path: the folders with kubectl (when built) and grpcurl.
tool_path() {
  local path=$GRPCURL_BIN
  [[ ! -x $KUBE_BIN/kubectl ]] || path+=:$KUBE_BIN
  echo "$path"
}
