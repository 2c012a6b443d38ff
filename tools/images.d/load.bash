# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2153  # STATE is set in tools/images
# Gives images to the node, each layer once, and lists them.

# archive NAME...: a docker-archive of all of them on standard output.
archive() {
  local name work files
  work=$(mktemp -d "$CACHE/images/.archive.XXXXXX")
  for name in "$@"; do cat "$STORE/$name-${KEYS[$name]}.json"; done | jq -s . >"$work/manifest.json"
  mapfile -t files < <(jq -r '.[] | .Config, .Layers[]' "$work/manifest.json" | sort -u)
  tar -cf - -C "$work" manifest.json -C "$STORE" "${files[@]}"
  rm -rf "$work"
}

# The folder of a cluster goes with the cluster, and so does what was loaded.
command_load() {
  local name lacking=() loaded=$STATE/images-loaded
  build_names
  [[ -d $STATE ]] || die "no cluster in $STATE" "tools/cluster up"
  mkdir -p "$loaded"
  for name in "${NAMES[@]}"; do
    [[ $(cat "$loaded/$name" 2>/dev/null) == "${KEYS[$name]}" ]] || lacking+=("$name")
  done
  if ((${#lacking[@]})); then
    say "loading ${lacking[*]}"
    archive "${lacking[@]}" | "$ROOT/tools/cluster" load --state "$STATE" -
    for name in "${lacking[@]}"; do echo "${KEYS[$name]}" >"$loaded/$name"; done
  fi
  say "the node has: ${NAMES[*]}"
}

command_list() {
  local name state size entry
  printf '%-18s %-34s %9s\n' IMAGE "BUILT FROM" SIZE
  for name in "${NAMES[@]}"; do
    entry=$(find "$STORE" -name "$name-*.json" -printf '%T@ %p\n' 2>/dev/null | sort -n | tail -1 | cut -d' ' -f2)
    state='not built: tools/images build' size=-
    if [[ -n $entry ]]; then
      state=${entry##*-} && state="inputs ${state%.json}"
      size=$(jq -r '.Layers[]' "$entry" | (cd "$STORE" && xargs stat -c %s) | awk '{ s += $1 } END { printf "%d MiB", s / 1048576 }')
    fi
    printf '%-18s %-34s %9s\n' "$name" "$state" "$size"
  done
}
