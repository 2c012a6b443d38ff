# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# From nothing to two databases without any migration, and an operator that knows of neither yet.

OPERATOR_NS=dba-operator

start_cluster() {
  step "1. A Kubernetes cluster of one node, and the images"
  run_tool setup tools/setup
  tools/cluster down --state "$STATE" >/dev/null 2>&1 || true
  run_tool cluster tools/cluster up --state "$STATE"
  use_cluster
  run_tool images tools/images load --state "$STATE"
}

use_cluster() {
  local lines
  lines=$(tools/cluster env --state "$STATE") || die "there is no cluster of the demo" "tools/demo --keep starts one"
  eval "$lines"
}

install_operator() {
  step "2. The operator: two kinds, and a controller that never sees a database"
  kube apply -f crds/manageddatabases.yaml -f crds/databasemigrations.yaml | indent
  kube wait --for=condition=Established --timeout=20s crd/manageddatabases.dbaoperator.dev \
    crd/databasemigrations.dbaoperator.dev >/dev/null
  kube apply -f k8s/namespace.yaml -f k8s/rbac.yaml -f k8s/controller.yaml | indent
  kube apply -f k8s/demo/namespaces.yaml | indent
}

# secret NAMESPACE NAME KEY=VALUE...: through standard input, so that no value is ever an argument of a process.
secret() {
  local pair
  {
    printf 'apiVersion: v1\nkind: Secret\nmetadata: {namespace: %s, name: %s}\nstringData:\n' "$1" "$2"
    shift 2
    for pair in "$@"; do printf '  %s: "%s"\n' "${pair%%=*}" "${pair#*=}"; done
  } | kube create -f - >/dev/null
}

start_databases() {
  step "3. PostgreSQL with the agent as a native sidecar; MariaDB with the agent beside it; Prometheus"
  local shop_password billing_password
  shop_password=$(random_password)
  billing_password=$(random_password)
  secret shop shop-superuser password="$(random_password)"
  secret shop shop-admin engine=postgresql host=127.0.0.1 port=5432 dbname=shop username=shop_admin password="$shop_password"
  secret billing billing-root password="$(random_password)"
  secret billing billing-admin engine=mariadb host=billing-db.billing.svc port=3306 dbname=billing username=billing_admin \
    password="$billing_password"
  kube create configmap dba-alerts -n monitoring --from-file=k8s/monitoring/alerts.yaml >/dev/null
  kube apply -f k8s/demo/shop/database.yaml -f k8s/demo/billing/database.yaml -f k8s/demo/billing/agent.yaml \
    -f k8s/demo/prometheus.yaml >/dev/null
  wait_for 120 "PostgreSQL" "kubectl describe pod shop-db-0 -n shop" sql shop 'SELECT 1'
  say "PostgreSQL answers"
  wait_for 120 "MariaDB" "kubectl describe pod billing-db-0 -n billing" sql billing 'SELECT 1'
  say "MariaDB answers"
  prepare_shop "$shop_password"
  prepare_billing "$billing_password"
  wait_for 90 "the databases, their agents and Prometheus" "kubectl get pods -A" pods_ready
  wait_for 90 "the controller" "kubectl describe pods -n $OPERATOR_NS" controller_ready
  claim "Secret shop-admin is given to one container, the agent" same "$(containers_with_secret shop-admin)" shop-db-0/dba-agent
  claim "Secret billing-admin, too" same "$(containers_with_secret billing-admin | sed 's/-[a-z0-9]*-[a-z0-9]*\//\//')" \
    billing-agent/dba-agent
  show "kubectl get pods -A" kube get pods -A
}

pods_ready() {
  kube wait --for=condition=Ready --timeout=1s -n shop pod/shop-db-0 &&
    kube wait --for=condition=Ready --timeout=1s -n billing pod/billing-db-0 &&
    kube wait --for=condition=Available --timeout=1s -n billing deployment/billing-agent &&
    kube wait --for=condition=Available --timeout=1s -n monitoring deployment/prometheus
}

controller_ready() { kube wait --for=condition=Available --timeout=1s -n "$OPERATOR_NS" deployment/dba-controller; }

# Pod/container of everything that mounts this Secret, or has it in its environment.
containers_with_secret() {
  kube get pods -A -o json | jq -r --arg secret "$1" '
    .items[] | .metadata.name as $pod |
    [.spec.volumes[]? | select(.secret.secretName == $secret or any(.projected.sources[]?; .secret.name == $secret)) | .name] as $volumes |
    (.spec.initContainers[]?, .spec.containers[]) |
    select(any(.volumeMounts[]?; .name as $name | $volumes | index($name)) or any(.envFrom[]?; .secretRef.name == $secret) or
      any(.env[]?; .valueFrom.secretKeyRef.name == $secret)) |
    "\($pod)/\(.name)"'
}

# The admin of shop is no superuser: CREATEROLE, and the owner of the one database. Statement logging of failures is off,
# since the statement holds the password.
prepare_shop() {
  sql shop "SET log_min_error_statement = panic;
    CREATE ROLE shop_admin LOGIN CREATEROLE PASSWORD '$1' IN ROLE pg_read_all_stats;
    ALTER DATABASE shop OWNER TO shop_admin;
    SET ROLE shop_admin;
    $(cat k8s/demo/shop/schema.sql)"
  say "shop: table image with $(sql shop 'SELECT count(*) FROM image') rows, owned by shop_admin, which is no superuser"
}

prepare_billing() {
  sql billing "CREATE USER billing_admin@'%' IDENTIFIED BY '$1';
    GRANT CREATE USER, PROCESS ON *.* TO billing_admin@'%';
    GRANT ALL ON billing.* TO billing_admin@'%' WITH GRANT OPTION;
    GRANT ALL ON \`dba\\_operator\`.* TO billing_admin@'%';
    $(cat k8s/demo/billing/schema.sql)" >/dev/null
  say "billing: table invoice with $(sql billing 'SELECT count(*) FROM invoice') rows; billing_admin is no root"
}

manage_databases() {
  step "4. Two ManagedDatabases, each with a chain of migrations written with Alembic; v1 is desired"
  local db
  for db in "${DATABASES[@]}"; do
    kube apply -f "k8s/demo/$db/migrations.yaml" -f "k8s/demo/$db/managed_database.yaml" | indent
  done
}
