# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034  # DETAIL is read by tools/check
# The checks that read files only.

# Bash files: by their first line, since most have no suffix.
shell_files() {
  local file first
  project_files tools integration k8s .ci | while read -r file; do
    first=$(head -c 64 "$file" | head -n 1 | tr -d '\0')
    if [[ $first =~ ^#!.*[/\ ](ba)?sh$ || $file == *.sh || $file == *.bash ]]; then echo "$file"; fi
  done
}

check_shell() {
  local -a files
  mapfile -t files < <(shell_files)
  DETAIL="${#files[@]} scripts, shellcheck"
  ((${#files[@]} == 0)) || shellcheck -x "${files[@]}"
}

check_yaml() {
  local -a files
  mapfile -t files < <(project_files '*.yaml' '*.yml')
  DETAIL="${#files[@]} files, yamllint"
  ((${#files[@]} == 0)) || yamllint --strict "${files[@]}"
}

# The licence is named in the first line, or in the second one after "#!".
check_licences() {
  local file bad=0 count=0
  while read -r file; do
    count=$((count + 1))
    if ! head -n 2 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0'; then
      echo "$file: the first line must be: SPDX-License-Identifier: Apache-2.0"
      bad=1
    fi
  done < <(
    project_files '*.cc' '*.h' '*.proto' '*.bzl' '*.bazel' WORKSPACE '*.py' '*.sh' '*.bash' '*.go' '*.sql' \
      '*.yaml' '*.yml' '.bazelrc'
    shell_files
  )
  DETAIL="$count files name Apache-2.0"
  return "$bad"
}

# Nothing may depend on the machine it was written on.
check_paths() {
  local found
  DETAIL="no folder of one machine"
  found=$(project_files . | grep -v '^tools/check.d/text.sh$' | xargs -d '\n' grep -nIE '(^|[^[:alnum:]_.])/(root|home/[a-z]+|work)/' -- || true)
  [[ -z $found ]] || {
    echo "$found"
    DETAIL="use a relative path, \$HOME or a temporary folder"
    return 1
  }
}

check_links() {
  local -a files
  mapfile -t files < <(project_files '*.md')
  DETAIL="${#files[@]} Markdown files"
  ((${#files[@]} == 0)) || tools/lib/check_links.py "${files[@]}"
}

# size_of LIMIT PATTERN...: the files longer than that.
longer_than() {
  local limit=$1 lines file
  shift
  project_files "$@" | while read -r file; do
    lines=$(wc -l <"$file")
    ((lines <= limit)) || echo "$file: $lines lines; think about splitting it from $limit on"
  done
}

check_sizes() {
  local found
  found=$(
    longer_than 250 '*.h'
    longer_than 700 '*_test.cc'
    longer_than 450 '*.cc' ':!*_test.cc'
    longer_than 300 '*.sh' '*.bash' '*.py' tools/setup tools/test tools/check tools/cluster tools/demo
  )
  DETAIL="headers 250 lines, sources 450, tests 700, scripts 300"
  [[ -z $found ]] || {
    echo "$found"
    return 3
  }
}
