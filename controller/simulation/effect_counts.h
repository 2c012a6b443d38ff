// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_SIMULATION_EFFECT_COUNTS_H_
#define DBA_CONTROLLER_SIMULATION_EFFECT_COUNTS_H_

#include <map>
#include <string>

namespace dba::simulation {

struct EffectCount {
  int created = 0;
  int deleted = 0;
};

// By kind, role and version: "Secret/application/v2".
using EffectCounts = std::map<std::string, EffectCount>;

// What the way from an empty database to v<versions> makes and deletes when nothing fails: per version one intent that
// comes and goes, one application account and Secret, of which those of the last two versions stay, and per migration
// one Job that stays and one account and Secret that come and go. simulation_test.cc compares it with a run without
// faults. 1 <= versions.
EffectCounts CountsWithoutFaults(int versions);

// What is made and deleted for one run of a migration, however many runs it took: counts of Jobs and migrators are
// divided by the number of Jobs of that version where that leaves no rest, and stay as they are where it does.
EffectCounts PerAttempt(const EffectCounts& counts);

}  // namespace dba::simulation

#endif  // DBA_CONTROLLER_SIMULATION_EFFECT_COUNTS_H_
