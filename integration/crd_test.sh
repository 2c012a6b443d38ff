#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The CRDs on a real kube-apiserver: it takes the samples, refuses nonsense with a sentence, and keeps what is immutable.
# Run it from the workspace root or with its path; it needs what tools/cluster needs.
set -euo pipefail

ROOT=${DBA_WORKSPACE:-$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)}
STATE=$(mktemp -d)/cluster
FAILED=0
PASSED=0

cleanup() {
  "$ROOT/tools/cluster" down --state "$STATE" >&2 || true
  rm -rf "${STATE%/cluster}"
}
trap cleanup EXIT

pass() { PASSED=$((PASSED + 1)); }
fail() {
  FAILED=$((FAILED + 1))
  printf 'FAILED: %s\n%s\n' "$1" "$2"
}

# has NAME WANTED KIND OBJECT JSONPATH
has() {
  local got
  got=$(kubectl get "$3" "$4" -o jsonpath="$5")
  if [[ $got == "$2" ]]; then pass; else fail "$1" "wanted $2, got $got"; fi
}

# accepts NAME: the manifest on stdin is taken.
accepts() {
  local name=$1 output
  if output=$(kubectl apply --server-side --force-conflicts -f - 2>&1); then pass; else fail "$name is refused" "$output"; fi
}

# refuses NAME TEXT: the manifest on stdin is refused, and the message has TEXT.
refuses() {
  local name=$1 text=$2 output
  if output=$(kubectl apply --server-side --force-conflicts -f - 2>&1); then
    fail "$name is accepted" "$output"
  elif [[ $output == *"$text"* ]]; then
    pass
  else
    fail "$name is refused without \"$text\"" "$output"
  fi
}

# database NAME SPEC, migration NAME SPEC: a manifest; SPEC is the inside of a YAML flow mapping.
database() {
  printf 'apiVersion: dbaoperator.dev/v1alpha1\nkind: ManagedDatabase\nmetadata: {name: %s}\nspec: {%s}\n' "$1" "$2"
}

migration() {
  printf 'apiVersion: dbaoperator.dev/v1alpha1\nkind: DatabaseMigration\nmetadata: {name: %s}\nspec: {%s}\n' "$1" "$2"
}

readonly LONG=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa # 64 characters
readonly BASE='desiredSchemaVersion: v1, agent: {address: "a:1"}'
readonly TABLE='versionTable: {preset: Alembic}'
readonly IMAGE='container: {image: x}'

"$ROOT/tools/cluster" up --control-plane-only --no-controller-manager --state "$STATE"
eval "$("$ROOT/tools/cluster" env --state "$STATE")"
kubectl apply --server-side -f "$ROOT/crds/"
kubectl wait --for=condition=Established --timeout=30s crd/manageddatabases.dbaoperator.dev crd/databasemigrations.dbaoperator.dev

for sample in "$ROOT"/crds/samples/*.yaml; do
  accepts "sample ${sample##*/}" <"$sample"
done
kubectl get mdb,dbm >/dev/null
kubectl get dba >/dev/null

accepts "the smallest ManagedDatabase" < <(database ok "$BASE, $TABLE")
has "defaults of ManagedDatabase" ReadWritefalse-1 \
  mdb ok '{.spec.credentials.privileges}{.spec.readOnly}{.status.observedGeneration}'
has "defaults of credentials" Wait0sRetain10m \
  mdb ok '{.spec.credentials.onInUse}{.spec.credentials.quarantine}{.spec.credentials.deletionPolicy}{.spec.credentials.deletionTimeout}'
accepts "all of credentials" < <(database full "$BASE, $TABLE, migrations: {connectionLimit: 4}, credentials: {onInUse: Terminate, quarantine: 24h, deletionPolicy: Delete, deletionTimeout: 1m, extraGrants: [{privileges: [Execute], kind: Function, name: f(integer)}, {privileges: [Usage], kind: Database}], referencedBy: [{apiVersion: example.dev/v1, kind: Widget, paths: ['spec.from[].name']}]}")

while IFS='|' read -r name spec text; do
  refuses "$name" "$text" < <(database "bad-$RANDOM" "$spec")
done <<EOT
no desired version|agent: {address: "a:1"}, $TABLE|spec.desiredSchemaVersion: Required value
an upper-case desired version|desiredSchemaVersion: V1, agent: {address: "a:1"}, $TABLE|spec.desiredSchemaVersion
a desired version of 64 characters|desiredSchemaVersion: $LONG, agent: {address: "a:1"}, $TABLE|Too long
no agent|desiredSchemaVersion: v1, $TABLE|spec.agent: Required value
an agent without a port|desiredSchemaVersion: v1, agent: {address: shop-db}, $TABLE|spec.agent.address
an agent that is a URL|desiredSchemaVersion: v1, agent: {address: "http://a:1"}, $TABLE|spec.agent.address
no version table|$BASE|spec.versionTable: Required value
an empty version table|$BASE, versionTable: {}|set exactly one of versionTable.preset and versionTable.query
two version tables|$BASE, versionTable: {preset: Alembic, query: SELECT 1}|set exactly one of versionTable.preset and versionTable.query
an unknown preset|$BASE, versionTable: {preset: Flyway}|supported values: "Alembic"
admin credentials without a Secret|$BASE, $TABLE, migrations: {credentials: Admin}|connection.secretRef must name it
unknown migration credentials|$BASE, $TABLE, migrations: {credentials: Root}|supported values
unknown privileges|$BASE, $TABLE, credentials: {privileges: All}|supported values
an unknown onInUse|$BASE, $TABLE, credentials: {onInUse: Kill}|supported values: "Wait", "Revert", "Terminate"
an unknown deletionPolicy|$BASE, $TABLE, credentials: {deletionPolicy: Drop}|supported values: "Retain", "Delete"
a quarantine without a unit|$BASE, $TABLE, credentials: {quarantine: "5"}|spec.credentials.quarantine
a quarantine of two months|$BASE, $TABLE, credentials: {quarantine: 1440h}|credentials.quarantine must be at most 720h
a deletion timeout of nothing|$BASE, $TABLE, credentials: {deletionTimeout: 0s}|credentials.deletionTimeout must be at least 1s
a grant that changes the schema|$BASE, $TABLE, credentials: {extraGrants: [{privileges: [Create], kind: Schema, name: s}]}|supported values
a grant on nothing|$BASE, $TABLE, credentials: {extraGrants: [{privileges: [Select], kind: Table}]}|every other grant needs the name
a grant on a named Database|$BASE, $TABLE, credentials: {extraGrants: [{privileges: [Usage], kind: Database, name: d}]}|a grant on a Database has no name
a reference without a path|$BASE, $TABLE, credentials: {referencedBy: [{apiVersion: a.b/v1, kind: A}]}|paths: Required value
a reference with an odd path|$BASE, $TABLE, credentials: {referencedBy: [{apiVersion: a.b/v1, kind: A, paths: ["spec..x"]}]}|spec.credentials.referencedBy[0].paths[0]
no connections|$BASE, $TABLE, migrations: {connectionLimit: 0}|greater than or equal to 1
a port out of range|$BASE, $TABLE, connection: {port: 70000}|less than or equal to 65535
a host with a space|$BASE, $TABLE, connection: {host: "a b"}|spec.connection.host
an unknown TLS mode|$BASE, $TABLE, connection: {tls: Maybe}|supported values
a lock timeout without a unit|$BASE, $TABLE, migrations: {lockTimeout: "5"}|spec.migrations.lockTimeout
a deadline of nothing|$BASE, $TABLE, migrations: {activeDeadlineSeconds: 0}|greater than or equal to 1
too short an interval|$BASE, $TABLE, dataMetrics: {interval: 100ms}|dataMetrics.interval must be at least 1s
a metric without its prefix|$BASE, $TABLE, dataMetrics: {queries: [{name: rows, help: h, query: SELECT 1}]}|spec.dataMetrics.queries[0].name
a counter without _total|$BASE, $TABLE, dataMetrics: {queries: [{name: database_rows, help: h, type: Counter, query: SELECT 1}]}|the name of a Counter ends in _total
a gauge with _total|$BASE, $TABLE, dataMetrics: {queries: [{name: database_rows_total, help: h, query: SELECT 1}]}|that of a Gauge does not
a metric twice|$BASE, $TABLE, dataMetrics: {queries: [{name: database_rows, help: h, query: SELECT 1}, {name: database_rows, help: h, query: SELECT 2}]}|database_rows
an unknown field|$BASE, $TABLE, onInUse: Wait|onInUse
EOT
refuses "a ManagedDatabase's name of 64 characters" "metadata.name must have at most 63 characters" < <(database "$LONG" "$BASE, $TABLE")

accepts "the smallest DatabaseMigration" < <(migration first "$IMAGE")
accepts "a DatabaseMigration with a hint" < <(migration second "previous: first, version: abc, $IMAGE, hints: [{operation: CreateTable, table: t, columns: [id], tool: {name: id}}]")
has "what a hint says is kept" 1id dbm second '{.spec.parallelism}{.spec.hints[0].tool.name}'

while IFS='|' read -r name spec text; do
  refuses "$name" "$text" < <(migration "bad-$RANDOM" "$spec")
done <<EOT
neither container nor template|previous: first|set exactly one of spec.container and spec.template
container and template|$IMAGE, template: {spec: {containers: [{name: a, image: b}]}}|set exactly one of spec.container and spec.template
a container without an image|container: {command: [a]}|spec.container.image: Required value
an empty image|container: {image: ""}|spec.container.image
a template without containers|template: {spec: {containers: []}}|spec.template.spec.containers
no workers|$IMAGE, parallelism: 0|greater than or equal to 1
too many workers|$IMAGE, parallelism: 1001|less than or equal to 1000
an empty previous|previous: "", $IMAGE|spec.previous
an unknown operation|$IMAGE, hints: [{operation: Rename, table: t}]|supported values
a hint without a table|$IMAGE, hints: [{operation: DropTable}]|table: Required value
a hint with a method that no index has|$IMAGE, hints: [{operation: CreateIndex, table: t, method: Tree}]|supported values
a hint with a lock that does not exist|$IMAGE, hints: [{operation: CreateIndex, table: t, lock: Some}]|supported values
an empty version|version: "", $IMAGE|spec.version
EOT
refuses "a DatabaseMigration's name of 64 characters" "metadata.name must have at most 63 characters" < <(migration "$LONG" "$IMAGE")
refuses "a migration after itself" "spec.previous names this DatabaseMigration itself" < <(migration self "previous: self, $IMAGE")

refuses "another previous" "spec.previous cannot be changed" < <(migration second "previous: other, version: abc, $IMAGE")
refuses "a previous taken away" "spec.previous cannot be changed" < <(migration second "version: abc, $IMAGE")
refuses "a version added" "spec.version cannot be changed" < <(migration first "version: abc, $IMAGE")
refuses "another image" "spec.container cannot be changed" < <(migration first "container: {image: other}")
refuses "a command added" "spec.container cannot be changed" < <(migration first "container: {image: x, command: [b]}")
refuses "a template in place of the container" "cannot be changed" < <(migration first "template: {spec: {containers: [{name: a, image: b}]}}")
refuses "other workers" "spec.parallelism cannot be changed" < <(migration first "$IMAGE, parallelism: 2")
accepts "other hints" < <(migration second "previous: first, version: abc, $IMAGE, hints: [{operation: DropTable, table: t}]")

echo "$PASSED passed, $FAILED failed"
((FAILED == 0))
