# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What an operator's user looks at: kubectl, grpcurl, Prometheus; and the summary.

FORWARDS=()

# Which credentials exist, who uses them: Kubernetes' view and the database's, side by side.
credentials_table() {
  local db secret account
  {
    echo "DATABASE|SECRET|ACCOUNT|IN THE DATABASE|SESSIONS|PODS WITH THE SECRET"
    for db in "${DATABASES[@]}"; do
      for secret in $(secrets_of "$db" application); do
        account=$(secret_username "$db" "$secret")
        echo "$db|$secret|$account|$(account_state "$db" "$account")|$(sessions_of "$db" "$account")|$(pods_with_secret "$db" "$secret")"
      done
    done
  } | sed 's/||/|-|/g; s/|$/|-/' | column -t -s '|' | indent
}

account_state() { [[ " $(accounts_in_database "$1") " == *" $2 "* ]] && echo yes || echo no; }

show_resources() {
  step "11. What kubectl says"
  show "kubectl get mdb,dbm -A" kube get mdb,dbm -A
  show "kubectl describe mdb shop -n shop" kube describe mdb shop -n shop
}

# forward NAMESPACE TARGET PORT: sets FORWARDED to a loopback address for it.
forward() {
  local log=$LOGS/forward-$1.log
  kubectl port-forward -n "$1" "$2" ":$3" --address 127.0.0.1 >"$log" 2>&1 &
  FORWARDS+=($!)
  wait_for 20 "a way to $2" "$log" grep -q 'Forwarding from' "$log"
  FORWARDED=127.0.0.1:$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\) .*/\1/p' "$log" | head -n 1)
}

end_forwards() {
  ((${#FORWARDS[@]} == 0)) || kill "${FORWARDS[@]}" 2>/dev/null || true
  FORWARDS=()
}

AGENT=dbaoperator.agent.v1.DatabaseAgent

show_agent() {
  step "12. What the agent of shop says to grpcurl"
  local address uid
  forward shop pod/shop-db-0 8443
  address=$FORWARDED
  uid=$(kube get mdb shop -n shop -o jsonpath='{.metadata.uid}')
  call() { grpcurl -plaintext -max-time 10 "$@"; }
  show "grpcurl -plaintext AGENT list" call "$address" list
  show "grpcurl -plaintext AGENT grpc.health.v1.Health/Check" call "$address" grpc.health.v1.Health/Check
  show "grpcurl -plaintext -max-time 10 -d '{\"versionTable\":{\"preset\":\"PRESET_ALEMBIC\"}}' AGENT $AGENT/GetDatabase" \
    call -d '{"versionTable":{"preset":"PRESET_ALEMBIC"}}' "$address" "$AGENT/GetDatabase"
  show "grpcurl -plaintext -max-time 10 -d '{\"owner\":\"UID of the ManagedDatabase\"}' AGENT $AGENT/ListAccounts" \
    call -d "{\"owner\":\"$uid\"}" "$address" "$AGENT/ListAccounts"
  claim "the agent lists its service, and serves" agent_serves "$address"
  claim "its schema version is v5's" grep -q c1b0a7d2e5f3 \
    <(call -d '{"versionTable":{"preset":"PRESET_ALEMBIC"}}' "$address" "$AGENT/GetDatabase")
  end_forwards
}

agent_serves() {
  call "$1" list | grep -qx "$AGENT" && call "$1" grpc.health.v1.Health/Check | grep -q '"SERVING"'
}

# ask QUERY: one line for each series: its labels that matter, and its value.
ask() {
  curl -fsS --max-time 10 --get "http://$FORWARDED/api/v1/query" --data-urlencode "query=$1" | jq -r '
    .data.result[] | ([.metric | del(.__name__, .instance) | to_entries[] | "\(.key)=\(.value)"] | join(", ")) as $labels |
    "{\($labels)} \(.value[1])"'
}

show_prometheus() {
  step "13. What Prometheus says"
  forward monitoring deployment/prometheus 9090
  local query
  wait_for 30 "Prometheus' scrapes of both agents" "http://$FORWARDED/targets" has_answer 'count(up{job="dba-agent"} == 1) == 2'
  wait_for 30 "Prometheus' scrape of the controller" "http://$FORWARDED/targets" has_answer 'up{job="dba-controller"} == 1'
  for query in "${QUERIES[@]}"; do
    wait_for 30 "an answer to $query" "http://$FORWARDED/graph" has_answer "$query"
    show "$query" ask "$query"
    CLAIMS=$((CLAIMS + 1))
  done
  claim "Prometheus has loaded the alerts of k8s/monitoring, and evaluates each" alerts_loaded
  claim "none of them fires" alerts_quiet
  claim "each query of k8s/monitoring/dashboard.json has an answer, but those about what is not so now" dashboard_answers
  end_forwards
}

alerts_loaded() {
  same "$(curl -fsS --max-time 10 "http://$FORWARDED/api/v1/rules" | jq '[.data.groups[].rules[] | select(.health == "ok")] | length')" \
    "$(grep -c 'alert: ' k8s/monitoring/alerts.yaml)"
}

alerts_quiet() {
  local firing
  firing=$(ask 'ALERTS{alertstate="firing"}') && is_empty "$firing"
}

# At rest nothing is held back, runs, or has findings; whether a request failed differs from run to run.
# shellcheck disable=SC2016  # Grafana's variables, not the shell's
dashboard_answers() {
  local query
  while read -r query; do
    [[ $query != *dba_blocked_since* && $query != *migration_start* && $query != *dba_findings* ]] || continue
    [[ $query != *dba_action_failures* ]] || continue
    has_answer "$query" || { echo "no answer to $query" && return 1; }
  done < <(jq -r '.panels[].targets[]?.expr' k8s/monitoring/dashboard.json | sed -E 's/\$__rate_interval/1m/g; s/\$[a-z]+/.*/g')
}

QUERIES=(
  'up'
  'dba_schema_version_info'
  'sum by (namespace, result) (dba_migration_runs_total)'
  'dba_credentials_revoked_total'
  'database_table_rows_estimate'
  'database_images or database_invoices'
)

has_answer() { [[ -n $(ask "$1") ]]; }

# The end state, on both sides.
verify_end() {
  step "14. The end state, in Kubernetes and in the databases"
  local db last before wanted
  for db in "${DATABASES[@]}"; do
    last=${LAST[$db]} before=$((${LAST[$db]} - 1))
    follow 60 at_rest "$db"
    claim "$db is at v$last" same "$CURRENT" "v$last"
    claim "$db: the Secrets of v$before and v$last exist, and no other" same "$(secrets_of "$db" application)" \
      "$db-v$before $db-v$last"
    wanted=$(printf '%s\n' "$(secret_username "$db" "$db-v$before")" "$(secret_username "$db" "$db-v$last")" | sort | xargs)
    claim "$db: the database has exactly their two accounts, and no migrator's" same "$(accounts_in_database "$db")" "$wanted"
    claim "$db: and Kubernetes has no other Secret with a credential" same "$(accounts_in_kubernetes "$db")" "$wanted"
    claim "$db: each migration ran once" same "$(runs_of "$db")" \
      "$(for ((n = last; n > 0; n--)); do echo "v$n Succeeded"; done | xargs)"
  done
  claim "shop: the version table says v5's revision" same "$(version_table shop)" c1b0a7d2e5f3
  claim "billing: the version table says v4's revision" same "$(version_table billing)" 22d023f10fd9
  claim "no password is in a status, an Event or a log of the operator" no_password_leaks
  credentials_table
}

runs_of() {
  kube get mdb "$1" -n "$1" -o jsonpath='{range .status.history[*]}{.name} {.outcome} {end}' | xargs
}

# Looks for every password there was, but those of migrators; they go through file descriptors, never through an argument.
no_password_leaks() {
  local text=$LOGS/said.txt secret
  for secret in shop/shop-superuser shop/shop-admin billing/billing-root billing/billing-admin; do
    PASSWORDS+=("$(secret_value "${secret%/*}" "${secret#*/}" password)") || return 1
  done
  same "${#PASSWORDS[@]} $(printf '%s\n' "${PASSWORDS[@]}" | grep -cE '^.{20,}$')" "13 13" || return 1
  {
    kube get mdb,dbm,events,pods,jobs -A -o yaml
    kube logs -n "$OPERATOR_NS" -l app.kubernetes.io/name=dba-controller --tail=-1
    kube logs -n shop shop-db-0 --all-containers
    kube logs -n billing deployment/billing-agent
    kube logs -n billing billing-db-0
  } >"$text" || return 1
  ! grep -qFf <(printf '%s\n' "${PASSWORDS[@]}") "$text" || { echo "found in $text" && return 1; }
}

summary() {
  local db
  printf '\n%sSummary%s\n' "$BOLD" "$PLAIN"
  {
    echo "DATABASE|ENGINE|VERSION|MIGRATIONS|CREDENTIALS IN KUBERNETES|IN THE DATABASE|HELD BACK BY"
    for db in "${DATABASES[@]}"; do
      echo "$db|$(kube get mdb "$db" -n "$db" -o jsonpath='{.status.server.engine} {.status.server.version}')|$(kube get mdb "$db" -n "$db" -o jsonpath='{.status.currentVersion}')|$(kube get mdb "$db" -n "$db" -o jsonpath='{.status.history[*].outcome}' | wc -w) of ${LAST[$db]}|$(secrets_of "$db" application)|$(accounts_in_database "$db" | wc -w) accounts, the same|${HELD[$db]}"
    done
  } | column -t -s '|' | sed 's/^/  /'
  printf '\n  %d claims were checked and are true, in %s s.\n' "$CLAIMS" "$(elapsed | xargs)"
}

declare -A HELD=([shop]="the Pod of app v2, a row" [billing]="a session with a copied credential")
declare -A LAST=([shop]=5 [billing]=4)
