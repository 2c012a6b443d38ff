# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034  # DETAIL is read by tools/check
# Alerts and dashboard of k8s/monitoring.

# Each query of the dashboard, a line; what Grafana fills in is filled in.
# shellcheck disable=SC2016  # Grafana's variables, not the shell's
dashboard_queries() {
  jq -r '.panels[].targets[]?.expr' k8s/monitoring/dashboard.json | sed -E 's/\$__rate_interval/5m/g; s/\$[a-z]+/.*/g'
}

# The same as recording rules, for promtool.
dashboard_rules() {
  dashboard_queries | jq -R . | jq -s 'to_entries | map({record: "query_\(.key)", expr: .value}) |
    {groups: [{name: "dashboard", rules: .}]}'
}

# The metrics that queries name, as docs/metrics.md lists them.
metrics_of() {
  grep -ohE '\b(dba|database|workqueue|controller_runtime|rest_client|leader_election)_[a-z0-9_]+' |
    sed -E 's/_(bucket|sum|count)$//' | sort -u
}

# complain SENTENCE COMMAND...: a finding unless COMMAND is true.
complain() {
  local sentence=$1
  shift
  "$@" || { echo "$sentence" && return 1; }
}

check_monitoring() {
  local folder=k8s/monitoring rules name bad=0
  rules=$(mktemp)
  DETAIL="$(grep -c 'alert: ' $folder/alerts.yaml) alerts, $(dashboard_queries | wc -l) queries, promtool"
  dashboard_rules >"$rules"
  { promtool check rules $folder/alerts.yaml "$rules" && promtool test rules $folder/alerts_test.yaml; } >"$rules.out" 2>&1 ||
    { cat "$rules.out" && bad=1; }
  while read -r name; do
    complain "$folder: $name is not in docs/metrics.md" grep -q "\`$name\`" docs/metrics.md || bad=1
  done < <({ dashboard_queries && grep -v 'alert:' $folder/alerts.yaml; } | metrics_of)
  while read -r name; do
    complain "$folder/alerts.yaml: there is no $name" test -f "$name" || bad=1
  done < <(sed -n 's/^ *runbook: //p' $folder/alerts.yaml)
  while read -r name; do
    complain "$folder/alerts_test.yaml: no test of $name" grep -q "alertname: $name\b" $folder/alerts_test.yaml || bad=1
    complain "docs/monitoring.md: nothing about $name" grep -q "\`$name\`" docs/monitoring.md || bad=1
  done < <(sed -n 's/^ *- alert: //p' $folder/alerts.yaml)
  rm -f "$rules" "$rules.out"
  return "$bad"
}
