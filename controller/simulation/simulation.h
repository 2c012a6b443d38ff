// SPDX-License-Identifier: Apache-2.0
//
// One simulated life of a database under the real planner, observer, executor and reconciler: a storm of faults, then
// calm in which all must come to rest, then rest in which nothing may be written. Everything follows from the seed.
#ifndef DBA_CONTROLLER_SIMULATION_SIMULATION_H_
#define DBA_CONTROLLER_SIMULATION_SIMULATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controller/simulation/effect_counts.h"
#include "controller/simulation/environment.h"
#include "controller/simulation/mutant.h"

namespace dba::simulation {

struct Options {
  Mutant mutant = Mutant::kNone;
  bool trace = false;              // to stdout
  std::optional<Profile> profile;  // nullopt: drawn from the seed
};

struct Outcome {
  std::vector<std::string> violations;  // the run ends with the step of the first
  int64_t steps = 0;
  int calm_reconciles = 0;  // until nothing was left to do
  Tally tally;
  EffectCounts counts;
};

// Any number at once, in threads of their own. The log of such a thread is read by its run, and from the first run on
// that of the other threads is lost.
Outcome Simulate(uint64_t seed, const Options& options);

}  // namespace dba::simulation

#endif  // DBA_CONTROLLER_SIMULATION_SIMULATION_H_
