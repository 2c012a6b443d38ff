// SPDX-License-Identifier: Apache-2.0
//
// How the Memory of a process grows, and what it is to look at again. Pure.
#ifndef DBA_CONTROLLER_PLAN_MEMORY_H_
#define DBA_CONTROLLER_PLAN_MEMORY_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "controller/plan/action.h"
#include "controller/plan/world.h"

namespace dba::plan {

// A published credential is proven again this often, and whenever another server answers or another Secret stands
// there.
inline constexpr absl::Duration kProbeInterval = absl::Minutes(5);
// Between the first observation without sessions and the one that a drop is decided on.
inline constexpr absl::Duration kDrainGap = absl::Seconds(1);

// A login to try: as `account` with the password that `secret_name` holds.
struct ProbeTarget {
  std::string account;
  std::string secret_name;
  std::string secret_uid;
};

// The logins that `world.memory` does not know, or not any more: of published credentials that are not being retired,
// and of intents whose account exists. None while a part of the world is unknown. A locked account is not tried.
std::vector<ProbeTarget> DueProbes(const World& world, absl::Time now);

// Takes what `world` shows into `memory`; all but the probes.
void Remember(const World& world, absl::Time now, Memory& memory);

// An action succeeded, or failed: what it touched is looked at again.
void RememberAction(const Action& action, bool succeeded, absl::Time now, Memory& memory);

// The probe of the account with this Secret on this server; nullptr when there is none.
const Probe* FindProbe(const World& world, const std::string& account, const std::string& secret_uid);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_MEMORY_H_
