// SPDX-License-Identifier: Apache-2.0
//
// The simulation is worth what it finds: each bug that is put back must be found, and soon.
#include "controller/simulation/mutant.h"

#include <cstdio>
#include <string>

#include "controller/simulation/simulation.h"
#include "gtest/gtest.h"

namespace dba::simulation {
namespace {

constexpr uint64_t kMaxSeeds = 100;

// Where to begin, so that the test is short: a seed that found the mutant when this was written. Any of the kMaxSeeds
// from there will do.
uint64_t FirstSeed(Mutant mutant) {
  switch (mutant) {
    case Mutant::kLoginsHidden:
      return 7;
    case Mutant::kPasswordTold:
      return 10;
    case Mutant::kVersionErrorNone:
      return 11;
    case Mutant::kPodsHidden:
      return 20;
    case Mutant::kSecretOverwritten:
    case Mutant::kIntentForgotten:
      return 23;
    case Mutant::kAccountsErrorEmpty:
      return 26;
    case Mutant::kSessionsHidden:
      return 30;
    case Mutant::kProbeAlwaysOk:
      return 32;
    case Mutant::kPodsOfLostSecretsHidden:
      return 44;
    case Mutant::kPreconditionsIgnored:
      return 55;
    case Mutant::kPodsErrorEmpty:
      return 57;
    case Mutant::kJobsErrorEmpty:
      return 65;
    case Mutant::kFenceIgnored:
      return 70;
    default:
      return 1;
  }
}

class MutantTest : public ::testing::TestWithParam<Mutant> {};

TEST_P(MutantTest, IsFound) {
  const uint64_t first = FirstSeed(GetParam());
  for (uint64_t seed = first; seed < first + kMaxSeeds; ++seed) {
    Options options;
    options.mutant = GetParam();
    options.profile = DrawHarshProfile(seed);
    const Outcome outcome = Simulate(seed, options);
    if (outcome.violations.empty()) continue;
    std::printf("%-24s seed %3d  %s\n", MutantName(GetParam()).c_str(), static_cast<int>(seed),
                outcome.violations.front().c_str());
    return;
  }
  FAIL() << MutantName(GetParam()) << " was not found in " << kMaxSeeds << " seeds";
}

std::string TestName(const ::testing::TestParamInfo<Mutant>& info) {
  std::string name = MutantName(info.param);
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, MutantTest, ::testing::ValuesIn(AllMutants()), TestName);

TEST(MutantNameTest, LeadsBackToTheMutant) {
  for (const Mutant mutant : AllMutants()) EXPECT_EQ(MutantFromName(MutantName(mutant)), mutant);
  EXPECT_EQ(MutantFromName("no-such"), Mutant::kNone);
}

}  // namespace
}  // namespace dba::simulation
