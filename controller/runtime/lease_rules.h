// SPDX-License-Identifier: Apache-2.0
//
// Who leads, decided from what was seen of a Lease and when. Pure: no clock, no I/O. A Lease is no fence: a leader that
// was paused may act late; the databases refuse it by its epoch, a number in the Lease that grows with each leader.
#ifndef DBA_CONTROLLER_RUNTIME_LEASE_RULES_H_
#define DBA_CONTROLLER_RUNTIME_LEASE_RULES_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "controller/kube/resource.h"
#include "nlohmann/json.hpp"

namespace dba {

// The defaults are those of Kubernetes' own controllers. Must hold: duration > renew_deadline > retry_period.
struct LeaseTiming {
  absl::Duration duration = absl::Seconds(15);        // others wait this long after the last renewal they saw
  absl::Duration renew_deadline = absl::Seconds(10);  // the leader stops when it could not renew for so long
  absl::Duration retry_period = absl::Seconds(2);     // between two renewals, or two looks at another's Lease
};

// A coordination.k8s.io/v1 Lease, as far as it matters here.
struct LeaseRecord {
  std::string holder;  // empty: released
  absl::Duration duration;
  int64_t transitions = 0;
  uint64_t epoch = 0;  // 0: none yet
  std::string acquire_time;
  std::string renew_time;
  std::string uid;
  std::string resource_version;
};

// INVALID_ARGUMENT: a field has the wrong type.
absl::StatusOr<LeaseRecord> ParseLease(const nlohmann::json& lease);

// The last look at the Lease. Times are monotonic and of this process, so that another machine's wall clock is never
// compared with ours.
struct LeaseView {
  std::optional<LeaseRecord> record;  // none: there is no Lease
  absl::Duration seen_at;             // when this resource version was first seen
};

// The view after a look at `now` that found `record`: seen_at moves only with the resource version.
LeaseView Observe(const LeaseView& before, std::optional<LeaseRecord> record, absl::Duration now);

struct LeaseStep {
  enum class Kind {
    kWait,     // another holds it: look again after `wait`
    kCreate,   // there is none
    kAcquire,  // free or expired: take it, if it is still at this resource version
    kRenew,    // ours
  };
  Kind kind = Kind::kWait;
  absl::Duration wait;
};

// What `identity` does next. `jitter` in [0, 1) shortens a wait by up to half, so that candidates do not act together;
// a wait never passes the moment at which the Lease expires.
LeaseStep NextLeaseStep(const LeaseView& view, absl::string_view identity, const LeaseTiming& timing,
                        absl::Duration now, double jitter);

// The annotation of the Lease that holds the epoch.
inline constexpr char kEpochAnnotation[] = "dbaoperator.dev/epoch";

// The epoch of the leader after `previous`: higher, and by the clock also higher than that of a Lease that was deleted.
uint64_t NextEpoch(uint64_t previous, absl::Time now);

// The Lease object that kCreate sends, and the merge patches of the other steps; each patch holds the resource version
// of `record` as its precondition. An acquired Lease has the next epoch; a renewal keeps it unless `outrun` is not
// lower.
//   now  the wall clock, shown to people in acquireTime and renewTime
nlohmann::json NewLease(const kube::ObjectKey& key, absl::string_view identity, const LeaseTiming& timing,
                        absl::Time now);
nlohmann::json AcquirePatch(const LeaseRecord& record, absl::string_view identity, const LeaseTiming& timing,
                            absl::Time now);
nlohmann::json RenewPatch(const LeaseRecord& record, absl::Time now, uint64_t outrun);
// Lets the next one in at once.
nlohmann::json ReleasePatch(const LeaseRecord& record, absl::Time now);

}  // namespace dba

#endif  // DBA_CONTROLLER_RUNTIME_LEASE_RULES_H_
