# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The story: a version and an application after another; a drop that is held back, and let go; a migration that would fail.

# Every published password, to look for at the end; those of retired versions, too.
PASSWORDS=()

# start_app VERSION DATABASE...: and waits until each has written a row with the credential of that version.
start_app() {
  local version=$1 db
  shift
  for db in "$@"; do
    sed "s/\${VERSION}/$version/g" "k8s/demo/$db/app.yaml" | kube apply -f - >/dev/null
  done
  for db in "$@"; do
    wait_for 60 "app $version of $db" "kubectl logs -n $db deployment/app-$version" \
      kube wait --for=condition=Available --timeout=1s -n "$db" "deployment/app-$version"
    claim "app $version of $db works with Secret $db-$version" app_works "$db" "app-$version"
    PASSWORDS+=("$(secret_value "$db" "$db-$version" password)")
    printf '%s\n' "$(kube logs -n "$db" "deployment/app-$version" --tail=1)" | indent
  done
}

# The last line is an ok line, no line is an error, and it was never started again.
app_works() {
  local log
  log=$(kube logs -n "$1" "deployment/$2")
  ! grep '^error' <<<"$log" || return 1
  grep -q '^ok' <<<"$(tail -n 1 <<<"$log")" || { echo "the last line is no ok line: $(tail -n 1 <<<"$log")" && return 1; }
  same "$(kube get pods -n "$1" -o jsonpath="{range .items[*]}{.metadata.name} {.status.containerStatuses[0].restartCount}{'\n'}{end}" |
    awk -v app="$2-" 'index($1, app) == 1 { print $2 }' | sort -u)" 0
}

# stop_app NAME DATABASE...: after a last look at its log.
stop_app() {
  local name=$1 db
  shift
  for db in "$@"; do
    claim "${name/-/ } of $db had no error in its whole life" app_works "$db" "$name"
    kube delete deployment "$name" -n "$db" --wait=false >/dev/null
    wait_for 30 "the end of ${name/-/ } of $db" "kubectl get pods -n $db" no_pods "$db" "$name"
    say "${name/-/ } of $db is gone"
  done
}

no_pods() {
  local pods
  pods=$(kube get pods -n "$1" -o name) || return 1
  ! grep "^pod/$2-" <<<"$pods"
}

# What each migration's containers wrote, the last line of each.
show_workers() {
  local db=$1 version=$2 pod
  for pod in $(kube get pods -n "$db" -l "dbaoperator.dev/migration=$version" -o jsonpath='{.items[*].metadata.name}'); do
    printf '%-32s %s\n' "$pod" "$(kube logs -n "$db" "$pod" | grep -v '^$' | tail -n 2 | head -n 1)" | indent
  done
}

workers_of() {
  kube get jobs -n "$1" -l "dbaoperator.dev/migration=$2" -o jsonpath='{.items[*].status.succeeded}'
}

first_version() {
  follow 180 at_rest "${DATABASES[@]}"
  claim "shop: the version table says v1's revision" same "$(version_table shop)" a8342a5f44a6
  claim "billing: the version table says v1's revision" same "$(version_table billing)" 787e4bcb2441
  start_app v1 "${DATABASES[@]}"
}

backfill() {
  step "5. v2 fills the new column of 20,000 rows, three workers at once, while app v1 writes"
  desire v2 "${DATABASES[@]}"
  follow 180 at_rest "${DATABASES[@]}"
  local db
  for db in "${DATABASES[@]}"; do
    show_workers "$db" v2
    claim "$db: three workers succeeded" same "$(workers_of "$db" v2)" 3
  done
  claim "shop: no image is without pixels" same "$(sql shop 'SELECT count(*) FROM image WHERE pixels IS NULL')" 0
  claim "billing: no invoice is without cents" same "$(sql billing 'SELECT count(*) FROM invoice WHERE cents IS NULL')" 0
  start_app v2 "${DATABASES[@]}"
  credentials_table
  stop_app app-v1 "${DATABASES[@]}"
}

index_column() {
  step "6. v3 adds an index; before it, the credential of v1 goes, which nothing uses any more"
  local db old=()
  for db in "${DATABASES[@]}"; do old+=("$(secret_username "$db" "$db-v1")"); done
  desire v3 "${DATABASES[@]}"
  follow 180 at_rest "${DATABASES[@]}"
  claim "shop: the account of v1 is dropped" same "$(sql shop "SELECT count(*) FROM pg_roles WHERE rolname = '${old[0]}'")" 0
  claim "billing: the account of v1 is dropped" same "$(sql billing "SELECT count(*) FROM mysql.user WHERE user = '${old[1]}'")" 0
  claim "shop: the index is valid" same \
    "$(sql shop "SELECT indisvalid FROM pg_index WHERE indexrelid = 'image_pixels_idx'::regclass")" t
  start_app v3 "${DATABASES[@]}"
}

# MariaDB's holder is a Pod that was given a copy of the credential: no Pod refers to the Secret, but a session is open.
start_report() {
  kube get secret billing-v2 -n billing -o json |
    jq '{apiVersion, kind, data, metadata: {name: "report-credential", namespace: "billing"}}' | kube create -f - >/dev/null
  kube apply -f k8s/demo/billing/report.yaml >/dev/null
  wait_for 60 "the report of billing" "kubectl logs -n billing deployment/report" \
    kube wait --for=condition=Available --timeout=1s -n billing deployment/report
  say "billing: a report runs with a copy of the credential of v2"
}

hold_back() {
  step "7. v4 drops the old column, which v2 still uses: it is held back"
  start_report
  stop_app app-v2 billing
  desire v4 "${DATABASES[@]}"
  follow 60 held_back "${DATABASES[@]}"
  show "kubectl get mdb -A -o wide" kube get mdb -A -o wide
  echo
  credentials_table
  local until=$((SECONDS + 8)) rounds=0
  while ((SECONDS < until)); do
    if ! { still_held shop image resolution app-v2 && still_held billing invoice amount report; }; then
      die "the drop was not held back" "kubectl describe mdb -A"
    fi
    rounds=$((rounds + 1))
  done
  claim "both drops were held back each of $rounds times that were looked at, and what holds them works on" still_held shop \
    image resolution app-v2
}

# still_held DATABASE TABLE COLUMN HOLDER
still_held() {
  read_status "$1"
  held_back || { echo "$1: $REASON" && return 1; }
  is_empty "$(kube get jobs -n "$1" -l dbaoperator.dev/migration=v4 -o name || echo unreadable)" && has_column "$1" "$2" "$3" 1 &&
    app_works "$1" "$4"
}

let_go() {
  step "8. The old application of shop ends: shop goes on by itself, and billing still waits"
  stop_app app-v2 shop
  local begun=$SECONDS
  follow 120 at_rest shop
  say "shop was at v4 $((SECONDS - begun)) s after its last user of v2 went"
  claim "shop: column resolution is gone" has_column shop image resolution 0
  claim "billing still waits" still_held billing invoice amount report
  step "9. The report of billing ends: billing goes on, too"
  stop_app report billing
  kube delete secret report-credential -n billing >/dev/null
  follow 120 at_rest billing
  claim "billing: column amount is gone" has_column billing invoice amount 0
  start_app v4 "${DATABASES[@]}"
  local db
  for db in "${DATABASES[@]}"; do
    claim "app v3 of $db had no error through all of it" app_works "$db" app-v3
  done
}

# A row without pixels, as a person may write it by hand: the migration would fail on it, and its hint says so before.
check_hints() {
  step "10. v5 of shop requires the column, and one row has none: the migration is not even started"
  stop_app app-v3 shop
  sql shop "INSERT INTO image (name) VALUES ('by-hand.jpg')"
  desire v5 shop
  follow 90 held_by_hints shop
  show "kubectl describe mdb shop -n shop" describe_hints
  claim "no Job was released for v5" is_empty "$(kube get jobs -n shop -l dbaoperator.dev/migration=v5 -o jsonpath='{.items[?(@.spec.suspend==false)].metadata.name}')"
  claim "the finding names the table and the column" grep -q "column pixels of image" <(kube get mdb shop -n shop -o jsonpath='{.status.findings[0].message}')
  sql shop "DELETE FROM image WHERE name = 'by-hand.jpg'"
  say "shop: the row is gone; nobody tells the operator"
  follow 120 at_rest shop
  claim "shop: image.pixels is required now" same \
    "$(sql shop "SELECT is_nullable FROM information_schema.columns WHERE table_name = 'image' AND column_name = 'pixels'")" NO
  claim "app v4 of shop had no error" app_works shop app-v4
  PASSWORDS+=("$(secret_value shop shop-v5 password)")
}

# What of the description is about hints.
describe_hints() {
  kube describe mdb shop -n shop | awk '/^  Findings:/ { on = 1; print; next } on && /^  [^ ]/ { exit } on { print }' | cut -c1-200
  kube describe mdb shop -n shop | grep HintFindings | cut -c1-200
}
