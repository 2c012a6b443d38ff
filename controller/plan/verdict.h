// SPDX-License-Identifier: Apache-2.0
//
// The one sentence that a plan says about a database: how it stands, why, and what a human should do about it.
#ifndef DBA_CONTROLLER_PLAN_VERDICT_H_
#define DBA_CONTROLLER_PLAN_VERDICT_H_

#include <string>

namespace dba::plan {

enum class Progress {
  kDone,       // the database is as the CR says
  kWorking,    // an action or a running Job will change something
  kTransient,  // an observation failed; it is tried again for ever, with backoff
  kBlocked,    // waits for something in the world to change; looked at again soon
  kTerminal,   // a human must change a resource; looked at again at each resync
};

struct Verdict {
  Progress progress = Progress::kDone;
  std::string reason;   // CamelCase; the reason of the Ready condition
  std::string message;  // names the object, and the remedy where there is one
};

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_VERDICT_H_
