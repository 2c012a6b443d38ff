# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2153  # ROOT is set in tools/images
# Builds images with buildah, each only when one of its inputs changed. An image
# is one layer on its parent's; the store keeps every layer once.

declare -A KEYS=()

bud() { buildah --root "$CACHE/images/storage" --runroot /run/dba-operator/images "$@"; }

parent_of() { sed -nE 's#^FROM localhost/([a-z-]+):dev$#\1#p' "$ROOT/k8s/images/$1/Containerfile"; }

# program_packages: the Debian packages that own what the two programs are
# linked to, on this machine, which is the same Debian.
program_packages() {
  local path paths=()
  while read -r path; do
    # Packages name files of /lib with or without /usr, and links by their target.
    paths+=("$path" "${path#/usr}" "$(readlink -f "$path")")
  done < <(ldd "${PROGRAMS[dba-controller]}" "${PROGRAMS[dba-agent]}" | awk '$2 == "=>" && $3 ~ "^/" { print $3 }' | sort -u)
  # Fails for the names that no package uses, and prints the others all the same.
  { dpkg-query -S "${paths[@]}" 2>/dev/null || true; } | cut -d: -f1 | sort -u | tr '\n' ' '
}

# prepare_programs: the release programs, unless they were named.
prepare_programs() {
  local bin log=$CACHE/images/logs/bazel.log
  if [[ -z ${PROGRAMS[dba-controller]:-} || -z ${PROGRAMS[dba-agent]:-} ]]; then
    need bazel bazel-bootstrap
    say "building the controller and the agent (bazel, --config=release)"
    logged "$log" env -C "$ROOT" bazel build --config=release //controller:dba-controller //dbagent:dba-agent
    bin=$(cd "$ROOT" && bazel info --config=release bazel-bin 2>/dev/null)
    : "${PROGRAMS[dba-controller]:=$bin/controller/dba-controller}" "${PROGRAMS[dba-agent]:=$bin/dbagent/dba-agent}"
  fi
  PACKAGES=$(program_packages)
}

# set_key NAME: a hash of all inputs, the parent's included, into KEYS.
set_key() {
  local name=$1 parent
  [[ -z ${KEYS[$name]:-} ]] || return 0
  parent=$(parent_of "$name")
  [[ -z $parent ]] || set_key "$parent"
  KEYS[$name]=$({
    echo "${parent:+${KEYS[$parent]}}"
    (cd "$ROOT/k8s/images/$name" && find . -type f ! -name test ! -path '*/__pycache__/*' -printf '%p %m\n' | sort &&
      find . -type f ! -name test ! -path '*/__pycache__/*' -print0 | sort -z | xargs -0 cat)
    case $name in
    dba-base) make_rootfs ;;
    dba-runtime) echo "$PACKAGES" ;;
    dba-controller | dba-agent) cat "${PROGRAMS[$name]}" ;;
    esac
  } | hash_of)
}

# build_layers NAME: the image in buildah's storage, and its parents.
build_layers() {
  local name=$1 parent context begin policy=$STORE/policy args=()
  ! bud inspect --type image "localhost/$name:${KEYS[$name]}" >/dev/null 2>&1 || return 0
  parent=$(parent_of "$name")
  if [[ -n $parent ]]; then
    build_layers "$parent"
    bud tag "localhost/$parent:${KEYS[$parent]}" "localhost/$parent:dev"
  fi
  say "building $name"
  begin=$SECONDS
  context=$(mktemp -d "$CACHE/images/.context.XXXXXX")
  cp -a "$ROOT/k8s/images/$name/." "$context"
  rm -rf "$context"/{test,__pycache__}
  chmod -R go+rX "$context"
  case $name in
  dba-base) ln "$(make_rootfs)" "$context/rootfs.tar" ;;
  dba-runtime) args=(--build-arg "PACKAGES=$PACKAGES") ;;
  dba-controller | dba-agent) install -m 755 "${PROGRAMS[$name]}" "$context/$name" ;;
  esac
  [[ $name == dba-base ]] || echo Containerfile >"$context/.containerignore"
  logged "$CACHE/images/logs/$name.log" bud bud --isolation chroot --signature-policy "$policy" --pull-never --layers=false "${args[@]}" \
    --tag "localhost/$name:${KEYS[$name]}" --file "$context/Containerfile" "$context"
  rm -rf "$context"
  say "built $name in $((SECONDS - begin)) s"
}

# export_image NAME: its layers, each named by its hash, and its config into the store.
export_image() {
  local name=$1 entry=$STORE/$1-${KEYS[$1]}.json work
  [[ ! -s $entry ]] || return 0
  build_layers "$name"
  work=$(mktemp -d "$CACHE/images/.export.XXXXXX")
  logged "$CACHE/images/logs/$name-push.log" bud push --signature-policy "$STORE/policy" "localhost/$name:${KEYS[$name]}" \
    "docker-archive:$work/image.tar:localhost/$name:dev"
  tar -C "$work" -xf "$work/image.tar"
  jq -c '.[0]' "$work/manifest.json" >"$work/entry"
  jq -r '.Config, .Layers[]' "$work/entry" | while read -r file; do
    mv "$work/$file" "$STORE/$file"
  done
  mv "$work/entry" "$entry"
  rm -rf "$work"
}

build_names() {
  local name
  [[ $EUID -eq 0 ]] || die "building images needs root" "sudo tools/images $COMMAND"
  need buildah buildah
  need jq jq
  umask 022
  mkdir -p "$STORE"
  # Nothing is ever pulled, so there is nothing to verify.
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$STORE/policy"
  # Before the lock is taken: the Bazel server that this may start would keep it for as long as it lives.
  [[ " ${NAMES[*]}" != *" dba-"* ]] || prepare_programs
  exec 8>"$CACHE/images/lock"
  flock -n 8 || { say "waiting for another tools/images" && flock 8; }
  for name in "${NAMES[@]}"; do
    set_key "$name"
    export_image "$name"
  done
  prune
  exec 8>&-
}

# prune: of each image that was asked for, only the present build is kept.
prune() {
  local name tag old
  for name in "${NAMES[@]}"; do
    find "$STORE" -regextype posix-extended -regex ".*/$name-[0-9a-f]{16}.json" ! -name "*-${KEYS[$name]}.json" -print
  done >"$STORE/old"
  [[ -s $STORE/old ]] || return 0
  while read -r old; do rm "$old"; done <"$STORE/old"
  bud images --format '{{.Name}} {{.Tag}}' | sed 's#^localhost/##' | while read -r name tag; do
    [[ -z ${KEYS[$name]:-} || $tag == dev || $tag == "${KEYS[$name]}" ]] ||
      bud rmi "localhost/$name:$tag" >/dev/null 2>&1 || true
  done
  # Layers and configs are named by 64 digits; those of no image are left over.
  jq -r '.Config, .Layers[]' "$STORE"/*-*.json | sort -u >"$STORE/used"
  find "$STORE" -regextype posix-extended -regex '.*/[0-9a-f]{64}\.(tar|json)' -printf '%f\n' | sort |
    comm -23 - "$STORE/used" | while read -r old; do rm "$STORE/$old"; done
}

command_build() {
  build_names
  say "up to date: ${NAMES[*]}"
}
