# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034  # the other parts read what is set here
# What the cluster and the databases say, as seen from outside the operator.

DATABASES=(shop billing)
STATUS_PATH='{.status.currentVersion}|{.spec.desiredSchemaVersion}|{.status.conditions[?(@.type=="Ready")].status}|'
STATUS_PATH+='{.status.conditions[?(@.type=="Ready")].reason}|{.status.conditions[?(@.type=="Ready")].message}|'
STATUS_PATH+='{.metadata.generation}|{.status.observedGeneration}|{.status.conditions[?(@.type=="Blocked")].reason}|'
STATUS_PATH+='{.status.conditions[?(@.type=="Blocked")].status}'
declare -A LAST_LINE=()

# read_status DATABASE: sets CURRENT DESIRED READY REASON MESSAGE BLOCKED (its reason, empty while it is not blocked).
read_status() {
  local generation observed blocked
  IFS='|' read -r CURRENT DESIRED READY REASON MESSAGE generation observed BLOCKED blocked < <(
    kube get manageddatabase "$1" -n "$1" -o jsonpath="$STATUS_PATH" | tr '\n' ' '
  ) || true
  [[ $blocked == True ]] || BLOCKED=
  [[ $generation == "$observed" ]] || READY=Unknown
}

# Prints one line when what the operator says of this database has changed.
tell_status() {
  local db=$1 line colour=
  read_status "$db"
  line="${CURRENT:-none} -> $DESIRED  $REASON  $MESSAGE"
  [[ ${LAST_LINE[$db]:-} != "$line" && -n $REASON ]] || return 0
  LAST_LINE[$db]=$line
  [[ -z $BLOCKED ]] || colour=$YELLOW
  [[ $READY != True ]] || colour=$GREEN
  printf '[%ss] %-8s %4s -> %-3s %s%-21s%s %s\n' "$(elapsed)" "$db" "${CURRENT:-none}" "$DESIRED" "$colour" "$REASON" \
    "$PLAIN" "$(fold_text "$MESSAGE")"
}

# Text of any length in lines of 90 characters under the column that it starts in.
fold_text() { fold -s -w 90 <<<"$1" | sed -e 's/ *$//' -e '2,$s/^/                                                  /'; }

# follow SECONDS PREDICATE DATABASE...: prints what happens until PREDICATE is true of each.
follow() {
  local seconds=$1 predicate=$2 begun=$SECONDS db left waits
  shift 2
  while :; do
    left=
    for db in "$@"; do
      tell_status "$db"
      "$predicate" || left="$db is $REASON" waits=$db
    done
    [[ -n $left ]] || return 0
    ((SECONDS - begun < seconds)) ||
      die "ManagedDatabase $left and not ${predicate//_/ } after $seconds s" "kubectl describe mdb $waits -n $waits"
    sleep 0.3
  done
}

# Predicates over the variables of read_status.
at_rest() { [[ $READY == True && $CURRENT == "$DESIRED" ]]; }
held_by_hints() { [[ $BLOCKED == HintsBlocked* ]]; }
held_back() { [[ $BLOCKED == CredentialsInUse* ]]; }

desire() {
  local version=$1 db
  shift
  for db in "$@"; do
    kube patch manageddatabase "$db" -n "$db" --type=merge -p "{\"spec\":{\"desiredSchemaVersion\":\"$version\"}}" >/dev/null
  done
}

# sql DATABASE STATEMENT: as the server's own superuser (through its socket, without a password), so that nothing is hidden.
sql() {
  case $1 in
  shop) kube exec -i -n shop shop-db-0 -c postgres -- psql -U postgres -d shop -qAtX -F ' ' -v ON_ERROR_STOP=1 <<<"$2" ;;
  billing) kube exec -i -n billing billing-db-0 -c mariadb -- mariadb -N billing <<<"$2" | tr '\t' ' ' ;;
  esac
}

# The accounts that can log in and were made by the operator, sorted, in one line.
accounts_in_database() {
  case $1 in
  shop) sql shop "SELECT rolname FROM pg_roles WHERE rolname ~ '^dba_[0-9a-f]{24}\$' AND rolcanlogin ORDER BY 1" ;;
  billing) sql billing "SELECT user FROM mysql.user WHERE user REGEXP '^dba_[0-9a-f]{24}\$' ORDER BY 1" ;;
  esac | xargs
}

sessions_of() {
  case $1 in
  shop) sql shop "SELECT count(*) FROM pg_stat_activity WHERE usename = '$2'" ;;
  billing) sql billing "SELECT count(*) FROM information_schema.processlist WHERE user = '$2'" ;;
  esac
}

version_table() { sql "$1" 'SELECT version_num FROM alembic_version' | xargs; }

has_column() {
  local schema="'public'"
  [[ $1 == shop ]] || schema="'billing'"
  same "$(sql "$1" "SELECT count(*) FROM information_schema.columns WHERE table_schema = $schema AND table_name = '$2' AND column_name = '$3'")" "$4"
}

# The Secrets of one role (application, migrator, intent), sorted, in one line.
secrets_of() {
  kube get secrets -n "$1" -l "dbaoperator.dev/database=$1,dbaoperator.dev/role=$2" -o jsonpath='{.items[*].metadata.name}'
}

secret_value() { kube get secret "$2" -n "$1" -o jsonpath="{.data.$3}" | base64 -d; }
secret_username() { secret_value "$1" "$2" username; }

accounts_in_kubernetes() {
  local secret
  for secret in $(secrets_of "$1" application) $(secrets_of "$1" intent) $(secrets_of "$1" migrator); do
    secret_username "$1" "$secret"
    echo
  done | sort | xargs
}

# The Pods that are given this Secret.
pods_with_secret() {
  kube get pods -n "$1" -o jsonpath="{range .items[*]}{.spec.containers[*].envFrom[*].secretRef.name}{' '}{.metadata.name}{'\n'}{end}" |
    awk -v secret="$2" '$1 == secret { print $2 }' | xargs
}
