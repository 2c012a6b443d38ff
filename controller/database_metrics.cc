// SPDX-License-Identifier: Apache-2.0
#include "controller/database_metrics.h"

#include <limits>
#include <variant>

#include "absl/strings/str_cat.h"
#include "common/version.h"

namespace dba {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

kube::ObjectKey KeyOf(const api::ManagedDatabase& database) { return {database.meta.name_space, database.meta.name}; }

int ConditionValue(api::ConditionStatus status) {
  switch (status) {
    case api::ConditionStatus::kTrue:
      return 1;
    case api::ConditionStatus::kFalse:
      return 0;
    case api::ConditionStatus::kUnknown:
      break;
  }
  return -1;
}

bool Contains(const std::vector<api::HistoryEntry>& history, const api::HistoryEntry& wanted) {
  for (const api::HistoryEntry& entry : history) {
    if (entry.job_name == wanted.job_name && entry.finished_at == wanted.finished_at) return true;
  }
  return false;
}

double Seconds(absl::Time time) { return absl::ToDoubleSeconds(time - absl::UnixEpoch()); }

}  // namespace

// Gathers samples into families that keep the order in which they were first named.
class DatabaseMetrics::Writer {
 public:
  MetricFamily& Family(const char* name, const char* help, MetricType type) {
    for (MetricFamily& family : families_) {
      if (family.name == name) return family;
    }
    families_.push_back({name, help, type, {}});
    return families_.back();
  }

  void Gauge(const char* name, const char* help, std::vector<ClientMetric::Label> labels, double value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.gauge.value = value;
    Family(name, help, MetricType::Gauge).metric.push_back(std::move(metric));
  }

  void Counter(const char* name, const char* help, std::vector<ClientMetric::Label> labels, uint64_t value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = static_cast<double>(value);
    Family(name, help, MetricType::Counter).metric.push_back(std::move(metric));
  }

  void Histogram(const char* name, const char* help, std::vector<ClientMetric::Label> labels, const Runs& runs) {
    ClientMetric metric;
    metric.label = std::move(labels);
    for (size_t i = 0; i < kRunBuckets.size(); ++i) {
      metric.histogram.bucket.push_back({runs.within[i], kRunBuckets[i]});
    }
    metric.histogram.bucket.push_back({runs.count, std::numeric_limits<double>::infinity()});
    metric.histogram.sample_count = runs.count;
    metric.histogram.sample_sum = runs.seconds;
    Family(name, help, MetricType::Histogram).metric.push_back(std::move(metric));
  }

  void Database(const kube::ObjectKey& key, const Entry& entry) {
    const auto with = [&](std::vector<ClientMetric::Label> more) {
      more.insert(more.begin(), {{"namespace", key.name_space}, {"database", key.name}});
      return more;
    };
    Gauge("dba_managed_database_info", "What is known about a ManagedDatabase; always 1.",
          with({{"engine", entry.engine}}), 1);
    Gauge("dba_schema_version_info", "Names of the current and the desired DatabaseMigration; always 1.",
          with({{"current", entry.current}, {"desired", entry.desired}}), 1);
    Gauge("dba_migrations_pending", "Migrations between the current and the desired version.", with({}),
          static_cast<double>(entry.pending));
    for (const auto& [type, value] : entry.conditions) {
      Gauge("dba_condition", "A condition of the status: 1 True, 0 False, -1 Unknown.", with({{"type", type}}), value);
    }
    for (const auto& [state, count] : entry.credentials) {
      Gauge("dba_credentials", "Credentials of applications, by state.", with({{"state", state}}), count);
    }
    for (const auto& [what, count] : entry.findings) {
      Gauge("dba_findings", "Findings about the hints of the next migration, by rule and effect.",
            with({{"rule", what.first}, {"effect", what.second}}), count);
    }
    const bool running = entry.running_since != absl::InfinitePast();
    Gauge("dba_migration_running", "Whether a migration runs.", with({}), running ? 1 : 0);
    if (running) {
      Gauge("dba_migration_start_timestamp_seconds", "When the migration that runs was started.", with({}),
            Seconds(entry.running_since));
    }
    if (!entry.blocked_reason.empty()) {
      Gauge("dba_blocked_since_timestamp_seconds", "Since when a ManagedDatabase waits, and for what.",
            with({{"reason", entry.blocked_reason}}), Seconds(entry.blocked_since));
    }
    const char* runs = "dba_migration_runs_total";
    Counter(runs, "Runs of migrations that ended, by result.", with({{"result", "succeeded"}}), entry.succeeded);
    Counter(runs, "", with({{"result", "failed"}}), entry.failed);
    Histogram("dba_migration_run_duration_seconds", "How long runs of migrations took.", with({}), entry.runs);
  }

  std::vector<MetricFamily> Take() { return std::move(families_); }

 private:
  std::vector<MetricFamily> families_;
};

void DatabaseMetrics::OnStatus(const api::ManagedDatabase& database, const api::ManagedDatabaseStatus& status) {
  MutexLock lock(&mu_);
  Entry& entry = entries_[KeyOf(database)];
  entry.engine = status.engine;
  entry.current = status.current_version;
  entry.desired = status.desired_version;
  entry.pending = status.pending.size();
  entry.running_since =
      status.active_migration.has_value() ? status.active_migration->started_at : absl::InfinitePast();
  entry.blocked_reason.clear();
  entry.conditions.clear();
  for (const api::Condition& condition : status.conditions) {
    entry.conditions.emplace_back(condition.type, ConditionValue(condition.status));
    if (condition.type != "Blocked" || condition.status != api::ConditionStatus::kTrue) continue;
    entry.blocked_reason = condition.reason;
    entry.blocked_since = condition.last_transition_time;
  }
  entry.credentials.clear();
  for (const api::CredentialStatus& credential : status.credentials) ++entry.credentials[credential.state];
  entry.findings.clear();
  for (const api::FindingStatus& finding : status.findings) ++entry.findings[{finding.rule, finding.effect}];
  for (const api::HistoryEntry& run : status.history) {
    if (Contains(database.status.history, run)) continue;
    ++(run.outcome == "Succeeded" ? entry.succeeded : entry.failed);
    const double seconds = absl::ToDoubleSeconds(run.finished_at - run.started_at);
    for (size_t i = 0; i < kRunBuckets.size(); ++i) entry.runs.within[i] += seconds <= kRunBuckets[i] ? 1 : 0;
    ++entry.runs.count;
    entry.runs.seconds += seconds;
  }
}

void DatabaseMetrics::OnAction(const api::ManagedDatabase& database, const plan::Action& action,
                               const absl::StatusOr<Effect>& effect) {
  MutexLock lock(&mu_);
  if (!effect.ok()) {
    const std::string description = plan::DebugString(action);
    ++action_failures_[{description.substr(0, description.find(' ')),
                        absl::StatusCodeToString(effect.status().code())}];
    return;
  }
  if (*effect != Effect::kChanged) return;
  if (std::holds_alternative<plan::CreateJob>(action)) ++jobs_;
  if (std::holds_alternative<plan::PublishSecret>(action)) ++credentials_created_;
  if (const auto* drop = std::get_if<plan::DropAccount>(&action)) {
    // Accounts of migrators come and go unseen.
    for (const api::CredentialStatus& credential : database.status.credentials) {
      if (credential.account == drop->account) ++credentials_revoked_;
    }
  }
}

void DatabaseMetrics::OnGone(const kube::ObjectKey& key) {
  MutexLock lock(&mu_);
  entries_.erase(key);
}

std::vector<prometheus::MetricFamily> DatabaseMetrics::Collect() const {
  MutexLock lock(&mu_);
  Writer writer;
  writer.Gauge("dba_build_info", "The version of this program; always 1.",
               {{"version", std::string(Version())}, {"component", "controller"}}, 1);
  writer.Counter("dba_operator_migration_jobs_spawned_total", "Jobs that were made for migrations.", {}, jobs_);
  writer.Counter("dba_credentials_created_total", "Credentials that were published.", {}, credentials_created_);
  writer.Counter("dba_credentials_revoked_total", "Credentials that were revoked.", {}, credentials_revoked_);
  for (const auto& [what, count] : action_failures_) {
    writer.Counter("dba_action_failures_total", "Requests to the API server or an agent that failed.",
                   {{"action", what.first}, {"code", what.second}}, count);
  }
  for (const auto& [key, entry] : entries_) writer.Database(key, entry);
  return writer.Take();
}

}  // namespace dba
