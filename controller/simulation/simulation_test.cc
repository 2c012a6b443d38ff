// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/simulation.h"

#include <string>

#include "gtest/gtest.h"

namespace dba::simulation {
namespace {

// A run takes 0.015 s of processor time in an optimized build and ten times that in the default one.
#ifdef __OPTIMIZE__
constexpr uint64_t kSeeds = 200;
#else
constexpr uint64_t kSeeds = 20;
#endif

std::string Text(const Outcome& outcome) { return outcome.violations.empty() ? "" : outcome.violations.front(); }

Options Harsh(uint64_t seed) {
  Options options;
  options.profile = DrawHarshProfile(seed);
  return options;
}

TEST(SimulationTest, InvariantsHoldUnderFaults) {
  Tally seen;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Outcome outcome = Simulate(seed, Harsh(seed));
    ASSERT_EQ(Text(outcome), "") << "see it with: simulate --harsh --trace --seed " << seed;
    for (const auto& [fault, count] : outcome.tally.faults) seen.faults[fault] += count;
    for (const auto& [verb, count] : outcome.tally.actions) seen.actions[verb] += count;
  }
  // A fault that is never injected, or an action that is never taken, would prove nothing.
  for (const char* fault : {"crash before", "crash after", "reply lost", "UNAVAILABLE", "PERMISSION_DENIED"}) {
    EXPECT_GT(seen.faults[fault], 0) << fault;
  }
  for (const char* verb : {"CreateSecret", "EnsureAccount", "ProbeAccount", "PublishSecret", "DeleteSecret",
                           "LockAccount", "DropAccount", "CreateJob", "ReleaseJob"}) {
    EXPECT_GT(seen.actions[verb], 0) << verb;
  }
#ifdef __OPTIMIZE__
  for (const char* fault : {"effect delayed", "failover", "restore", "Pod started twice", "node lost",
                            "Pod died before its effect", "Pod died after its effect", "ABORTED"}) {
    EXPECT_GT(seen.faults[fault], 0) << fault;
  }
  for (const char* verb : {"UnlockAccount", "DeleteJob"}) EXPECT_GT(seen.actions[verb], 0) << verb;
#endif
}

TEST(SimulationTest, OneSeedIsOneRun) {
  for (uint64_t seed : {3, 4, 5}) {
    const Outcome first = Simulate(seed, Harsh(seed));
    const Outcome second = Simulate(seed, Harsh(seed));
    EXPECT_EQ(first.steps, second.steps);
    EXPECT_EQ(first.tally.faults, second.tally.faults);
    EXPECT_EQ(first.tally.actions, second.tally.actions);
    EXPECT_EQ(first.tally.events, second.tally.events);
  }
}

// What I10 compares with is what a run without faults does.
TEST(SimulationTest, ExpectedCountsAreThoseWithoutFaults) {
  Options options;
  options.profile = Profile{};
  options.profile->steps = 1;
  options.profile->versions = 4;
  const Outcome outcome = Simulate(1, options);
  ASSERT_EQ(Text(outcome), "");
  EXPECT_TRUE(outcome.tally.faults.empty());
  const EffectCounts expected = CountsWithoutFaults(4);
  ASSERT_EQ(outcome.counts.size(), expected.size());
  for (const auto& [kind, count] : expected) {
    const auto found = outcome.counts.find(kind);
    ASSERT_NE(found, outcome.counts.end()) << kind;
    EXPECT_EQ(found->second.created, count.created) << kind;
    EXPECT_EQ(found->second.deleted, count.deleted) << kind;
  }
}

}  // namespace
}  // namespace dba::simulation
