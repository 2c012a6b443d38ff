// SPDX-License-Identifier: Apache-2.0
//
// What Prometheus is told about each ManagedDatabase (docs/metrics.md). Kept as small values and turned into series
// only for a scrape, because a controller may know a thousand databases and most of the time nobody asks.
#ifndef DBA_CONTROLLER_DATABASE_METRICS_H_
#define DBA_CONTROLLER_DATABASE_METRICS_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "controller/api/managed_database.h"
#include "controller/kube/resource.h"
#include "controller/reconcile/reconcile_listener.h"
#include "prometheus/collectable.h"
#include "prometheus/metric_family.h"

namespace dba {

// Upper bounds in seconds of dba_migration_run_duration_seconds: 1 s to 6 h.
inline constexpr std::array<double, 12> kRunBuckets = {1, 5, 15, 30, 60, 180, 600, 1800, 3600, 7200, 14400, 21600};

// Thread-safe. The series of a ManagedDatabase end with it.
class DatabaseMetrics : public ReconcileListener, public prometheus::Collectable {
 public:
  void OnStatus(const api::ManagedDatabase& database, const api::ManagedDatabaseStatus& status) override
      ABSL_LOCKS_EXCLUDED(mu_);
  void OnNotice(const api::ManagedDatabase&, const plan::Notice&) override {}
  void OnAction(const api::ManagedDatabase& database, const plan::Action& action,
                const absl::StatusOr<Effect>& effect) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnGone(const kube::ObjectKey& key) override ABSL_LOCKS_EXCLUDED(mu_);

  std::vector<prometheus::MetricFamily> Collect() const override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Runs {
    std::array<uint64_t, kRunBuckets.size()> within = {};  // cumulative, as Prometheus wants them
    uint64_t count = 0;
    double seconds = 0;
  };
  struct Entry {
    std::string engine;
    std::string current;
    std::string desired;
    size_t pending = 0;
    absl::Time running_since = absl::InfinitePast();  // InfinitePast: no migration runs
    std::string blocked_reason;                       // empty: not blocked
    absl::Time blocked_since;
    std::vector<std::pair<std::string, int>> conditions;          // 1 True, 0 False, -1 Unknown
    std::map<std::string, int> credentials;                       // by state
    std::map<std::pair<std::string, std::string>, int> findings;  // by rule and effect
    uint64_t succeeded = 0;
    uint64_t failed = 0;
    Runs runs;
  };
  class Writer;

  mutable Mutex mu_;
  std::map<kube::ObjectKey, Entry> entries_ ABSL_GUARDED_BY(mu_);
  std::map<std::pair<std::string, std::string>, uint64_t> action_failures_ ABSL_GUARDED_BY(mu_);  // verb, code
  uint64_t jobs_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t credentials_created_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t credentials_revoked_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace dba

#endif  // DBA_CONTROLLER_DATABASE_METRICS_H_
