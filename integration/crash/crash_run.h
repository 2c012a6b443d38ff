// SPDX-License-Identifier: Apache-2.0
//
// One run: a ManagedDatabase is taken from nothing to v4 by real programs, one version after the other, with at most
// one fault. The run plays the kubelet, and what starts a Deployment's Pod again.
#ifndef DBA_INTEGRATION_CRASH_CRASH_RUN_H_
#define DBA_INTEGRATION_CRASH_CRASH_RUN_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "integration/crash/cluster.h"
#include "integration/crash/engine_server.h"
#include "integration/crash/outcome.h"
#include "integration/crash/points.h"

namespace dba {

struct Fault {
  CrashPointPassing passing;
  FaultMode mode = FaultMode::kCrashBefore;
};

struct CrashRunResult {
  Outcome outcome;
  std::vector<CrashPointPassing> effects;  // of the first controller
};

// Blocks until the database is at rest. Thread-safe for different names.
//   name  of the namespace and the database: [a-z0-9], at most 40 characters, new
// DEADLINE_EXCEEDED    it did not come to rest in a minute, or not to one that can be described; the message holds the
//                      controller's log
// FAILED_PRECONDITION  the fault did not happen
// INTERNAL             a program ended that should not have
absl::StatusOr<CrashRunResult> RunWithFault(Cluster& cluster, EngineServer& server, const std::string& name,
                                            const std::optional<Fault>& fault);

}  // namespace dba

#endif  // DBA_INTEGRATION_CRASH_CRASH_RUN_H_
