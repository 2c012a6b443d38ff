# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034  # DETAIL is read by tools/check
# The checks that need clang or Bazel.

cc_files() { project_files '*.cc' '*.h'; }

fix_format() { cc_files | xargs -d '\n' -r clang-format-14 -i; }

check_format() {
  local file bad=0 count=0
  while read -r file; do
    count=$((count + 1))
    if ! clang-format-14 --dry-run --Werror "$file" >/dev/null 2>&1; then
      echo "$file: not as clang-format 14 would write it; run: tools/check --fix"
      bad=1
    fi
  done < <(cc_files)
  DETAIL="$count C++ files, clang-format 14"
  return "$bad"
}

# forbid SENTENCE QUERY: the query must find nothing.
forbid() {
  local found
  found=$(query_bazel --keep_going "$2") || {
    echo "bazel query failed: $2"
    return 1
  }
  [[ -z $found ]] || {
    printf '%s:\n%s\n' "$1" "$found"
    return 1
  }
}

has_targets() { [[ -n $(query_bazel "kind(rule, $1)" 2>/dev/null) ]]; }

check_arrows() {
  local bad=0 io='@system//:(httplib|grpc|libpq|mysqlclient|spdlog|prometheus)|//common:(clock|log|random|http_server|admin_server)$'
  local -a told=()
  if has_targets //controller/... && has_targets //dbagent/...; then
    forbid "the controller must not know the agent's code" 'deps(//controller/...) intersect //dbagent/...' || bad=1
    forbid "the agent must not know the controller's code" 'deps(//dbagent/...) intersect //controller/...' || bad=1
    told+=("controller | dbagent")
  fi
  if has_targets //controller/plan/...; then
    forbid "plan must stay pure" \
      "filter('$io|//controller/(kube|agent|reconcile|runtime)', deps(kind('cc_library', //controller/plan/...) except attr(testonly, 1, //controller/plan/...)))" || bad=1
    told+=("plan is pure")
  fi
  if has_targets //dbagent/hints/...; then
    forbid "hints must stay pure" \
      "filter('$io|//dbagent/(credentials|metrics)', deps(kind('cc_library', //dbagent/hints/...) except attr(testonly, 1, //dbagent/hints/...)))" || bad=1
    told+=("hints are pure")
  fi
  if has_targets //common/...; then
    forbid "common must not know the rest" \
      'deps(//common/...) intersect (//controller/... + //dbagent/... + //proto/...)' || bad=1
    told+=("common knows nobody")
  fi
  DETAIL=$(printf '%s; ' "${told[@]}")
  return "$bad"
}

# What differs from the main branch, or from the previous commit on it, and what is not committed.
changed_cc_files() {
  local base
  base=$(git merge-base HEAD origin/main 2>/dev/null || git rev-parse HEAD~1 2>/dev/null || git rev-parse HEAD)
  [[ $base != $(git rev-parse HEAD) ]] || base=$(git rev-parse HEAD~1 2>/dev/null || echo "$base")
  {
    git diff --name-only "$base" -- '*.cc'
    git ls-files --others --exclude-standard -- '*.cc'
  } | sort -u | while read -r file; do [[ ! -f $file ]] || echo "$file"; done
}

compile_commands() {
  bazel aquery --noshow_progress --output=jsonproto 'mnemonic("CppCompile", //...)' 2>/dev/null |
    tools/lib/compile_commands.py "$(bazel info execution_root 2>/dev/null)"
}

# tidy_one DATABASE DEADLINE FILE: records in DATABASE what it found, and that it looked.
tidy_one() {
  ((EPOCHSECONDS < $2)) || return 0
  grep -q "\"$3\"" "$1/compile_commands.json" || return 0
  echo "$3" >>"$1/done"
  # What clang-tidy says about system headers is on stderr.
  clang-tidy-14 --quiet -p "$1" "$3" 2>/dev/null | sed "s|^$PWD/||" >>"$1/found"
}

check_tidy() {
  local -a files
  local database deadline looked
  if [[ $TIDY == all ]]; then mapfile -t files < <(cc_files | grep '\.cc$'); else mapfile -t files < <(changed_cc_files); fi
  ((${#files[@]} > 0)) || {
    DETAIL="no C++ source has changed; --tidy all reads every file"
    return 2
  }
  database=$(mktemp -d)
  touch "$database/done" "$database/found"
  compile_commands >"$database/compile_commands.json" || {
    DETAIL="bazel aquery failed; run: bazel build --nobuild //..."
    return 1
  }
  # Generated headers must exist before anything can be read.
  run_bazel build --keep_going --output_groups=compilation_prerequisites_INTERNAL_ //... >/dev/null 2>&1 || true
  deadline=$((EPOCHSECONDS + ${DBA_TIDY_SECONDS:-300}))
  export -f tidy_one
  printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -I{} bash -c 'tidy_one "$@"' _ "$database" "$deadline" {}
  looked=$(wc -l <"$database/done")
  DETAIL="$looked of ${#files[@]} $TIDY sources, clang-tidy 14"
  ((looked == ${#files[@]})) || DETAIL+="; the rest left out: after DBA_TIDY_SECONDS, or in no target"
  cat "$database/found"
  local found=0
  [[ ! -s $database/found ]] || found=1
  rm -rf "$database"
  return "$found"
}
