// SPDX-License-Identifier: Apache-2.0
//
// When a migration's Job is made, recorded, released, awaited and judged. The version table decides the outcome, not
// the Job; and one attempt runs once: what failed waits for a human.
#ifndef DBA_CONTROLLER_PLAN_JOB_RULES_H_
#define DBA_CONTROLLER_PLAN_JOB_RULES_H_

#include <optional>

#include "absl/time/time.h"
#include "controller/plan/situation.h"
#include "controller/plan/world.h"

namespace dba::plan {

// The recorded Job is finished or gone: puts the outcome into the history. Needs no path, so that the outcome of a
// migration that left a version nobody knows is recorded too; does need the Jobs and the schema version.
std::optional<Decision> FinishMigration(const World& world, absl::Time now);

// A Job of ours runs, or the next one is made, and status.activeMigration does not name it: records its UID.
std::optional<Decision> RecordJob(const Situation& situation);

// A Job of ours runs: nothing else happens until it ends.
std::optional<Decision> AwaitJob(const Situation& situation);

// A suspended Job is not the next one (the desired version changed): deletes it.
std::optional<Decision> DiscardStaleJob(const Situation& situation);

// The next migration's attempt failed before: waits for a human.
std::optional<Decision> AwaitRetry(const Situation& situation);

// The next migration has no Job: makes the Secret of its account, and the suspended Job.
std::optional<Decision> PrepareJob(const Situation& situation);

// The next migration's Job is suspended and recorded: makes its account, and lets it run.
std::optional<Decision> StartJob(const Situation& situation);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_JOB_RULES_H_
