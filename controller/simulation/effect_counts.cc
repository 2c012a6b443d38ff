// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/effect_counts.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace dba::simulation {

EffectCounts CountsWithoutFaults(int versions) {
  EffectCounts counts;
  for (int version = 1; version <= versions; ++version) {
    const std::string name = absl::StrCat("v", version);
    const int retired = version <= versions - 2 ? 1 : 0;
    counts[absl::StrCat("Secret/intent/", name)] = {1, 1};
    counts[absl::StrCat("Secret/application/", name)] = {1, retired};
    if (retired > 0) counts[absl::StrCat("Secret/quarantine/", name)] = {1, 1};
    counts[absl::StrCat("account/application/", name)] = {1, retired};
    counts[absl::StrCat("Secret/migrator/", name)] = {1, 1};
    counts[absl::StrCat("account/migrator/", name)] = {1, 1};
    counts[absl::StrCat("Job/", name)] = {1, 0};
  }
  return counts;
}

EffectCounts PerAttempt(const EffectCounts& counts) {
  EffectCounts result = counts;
  for (auto& [kind, count] : result) {
    const std::string version = kind.substr(kind.rfind('/') + 1);
    const auto job = counts.find(absl::StrCat("Job/", version));
    const int attempts = job == counts.end() ? 1 : job->second.created;
    const bool per_attempt = absl::StartsWith(kind, "Job/") || absl::StrContains(kind, "/migrator/");
    if (!per_attempt || count.created != attempts || count.deleted % attempts != 0) continue;
    count.created /= attempts;
    count.deleted /= attempts;
  }
  return result;
}

}  // namespace dba::simulation
