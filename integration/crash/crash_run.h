// SPDX-License-Identifier: Apache-2.0
//
// One run: real programs take a ManagedDatabase from nothing to v4, one version after the other, each with at most one
// fault on the way and a rest at its end. The run plays the kubelet, and what starts a Deployment's Pod again.
#ifndef DBA_INTEGRATION_CRASH_CRASH_RUN_H_
#define DBA_INTEGRATION_CRASH_CRASH_RUN_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "integration/crash/cluster.h"
#include "integration/crash/engine_server.h"
#include "integration/crash/outcome.h"
#include "integration/crash/points.h"

namespace dba {

inline constexpr int kVersions = 4;

struct Fault {
  CrashPointPassing passing;
  FaultMode mode = FaultMode::kCrashBefore;
};

// How the way to one version ended.
struct VersionResult {
  // FAILED_PRECONDITION  the version was reached, but the fault did not happen
  // DEADLINE_EXCEEDED    no rest in three minutes; the message holds the controller's log
  // INTERNAL             a program ended that should not have
  absl::Status status;
  Outcome outcome;                         // at its rest, of everything until then
  std::vector<CrashPointPassing> effects;  // of the controller with the fault switch
};

// Blocks until v4 is reached or something failed. Thread-safe for different names.
//   name    of the namespace and the database: [a-z0-9], at most 40 characters, new
//   faults  by the number of the version on the way to which they happen
// Returns one result for each version up to v4, or up to the first that was not reached.
std::vector<VersionResult> RunWithFaults(Cluster& cluster, EngineServer& server, const std::string& name,
                                         const std::map<int, Fault>& faults);

}  // namespace dba

#endif  // DBA_INTEGRATION_CRASH_CRASH_RUN_H_
