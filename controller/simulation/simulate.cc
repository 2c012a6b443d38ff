// SPDX-License-Identifier: Apache-2.0
//
// simulate --seeds N [--first S]    N runs; ends with 1 at the first violation, and says how to see it again
// simulate --seed S --trace         one run, step by step
// simulate --mutant NAME            the same with a bug put back; --list_mutants names them
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "controller/simulation/simulation.h"

ABSL_FLAG(uint64_t, seeds, 1000, "number of runs");
ABSL_FLAG(uint64_t, first, 1, "seed of the first run");
ABSL_FLAG(uint64_t, seed, 0, "the only run; 0: --seeds runs");
ABSL_FLAG(int, jobs, 0, "threads; 0: one for each processor");
ABSL_FLAG(bool, trace, false, "print every step");
ABSL_FLAG(bool, harsh, false, "short runs with many faults");
ABSL_FLAG(bool, keep_going, false, "do not stop at the first violation");
ABSL_FLAG(std::string, mutant, "", "bug to put back");
ABSL_FLAG(bool, list_mutants, false, "print the names of --mutant and end");

namespace dba::simulation {
namespace {

void Print(const char* title, const std::map<std::string, int64_t>& counts) {
  if (!counts.empty()) std::printf("%s\n", title);
  for (const auto& [name, count] : counts) std::printf("  %-32s %10lld\n", name.c_str(), static_cast<long long>(count));
}

void Add(const std::map<std::string, int64_t>& from, std::map<std::string, int64_t>& to) {
  for (const auto& [name, count] : from) to[name] += count;
}

struct Totals {
  uint64_t runs = 0;
  int64_t steps = 0;
  int64_t bad_runs = 0;
  int worst_calm = 0;
  Tally tally;

  void AddRun(const Outcome& outcome) {
    ++runs;
    steps += outcome.steps;
    bad_runs += outcome.violations.empty() ? 0 : 1;
    worst_calm = std::max(worst_calm, outcome.calm_reconciles);
    Add(outcome.tally.faults, tally.faults);
    Add(outcome.tally.actions, tally.actions);
    Add(outcome.tally.events, tally.events);
    Add(outcome.tally.gaps, tally.gaps);
  }
};

int64_t Sum(const std::map<std::string, int64_t>& counts) {
  int64_t sum = 0;
  for (const auto& [name, count] : counts) sum += count;
  return sum;
}

void PrintTotals(const Totals& totals, absl::Duration elapsed) {
  Print("faults", totals.tally.faults);
  Print("actions", totals.tally.actions);
  Print("events", totals.tally.events);
  Print("known gaps", totals.tally.gaps);
  std::printf(
      "%llu seeds, %lld steps, %lld faults, at rest after at most %d reconciles, %lld violations, %lld known gaps, "
      "%.1f s\n",
      static_cast<unsigned long long>(totals.runs), static_cast<long long>(totals.steps),
      static_cast<long long>(Sum(totals.tally.faults)), totals.worst_calm, static_cast<long long>(totals.bad_runs),
      static_cast<long long>(Sum(totals.tally.gaps)), absl::ToDoubleSeconds(elapsed));
}

Options OptionsOf(uint64_t seed) {
  Options options;
  options.trace = absl::GetFlag(FLAGS_trace);
  options.mutant = MutantFromName(absl::GetFlag(FLAGS_mutant));
  options.profile = absl::GetFlag(FLAGS_harsh) ? DrawHarshProfile(seed) : DrawProfile(seed);
  return options;
}

void PrintViolation(uint64_t seed, const Outcome& outcome) {
  const std::string mutant = absl::GetFlag(FLAGS_mutant);
  std::printf(
      "seed %llu (%s): %s\n  see it with: simulate --seed %llu --trace%s\n", static_cast<unsigned long long>(seed),
      DescribeProfile(*OptionsOf(seed).profile).c_str(), outcome.violations.front().c_str(),
      static_cast<unsigned long long>(seed),
      absl::StrCat(absl::GetFlag(FLAGS_harsh) ? " --harsh" : "", mutant.empty() ? "" : " --mutant ", mutant).c_str());
}

// Runs on several threads, whose outcomes are counted and printed in the order of their seeds.
class Campaign {
 public:
  Campaign(uint64_t first, uint64_t count) : end_(first + count), next_(first), counted_(first) {}

  Totals Run(int jobs) {
    std::vector<std::thread> threads;
    for (int i = 1; i < jobs; ++i) threads.emplace_back([this] { Work(); });
    Work();
    for (std::thread& thread : threads) thread.join();
    return totals_;
  }

 private:
  void Work() {
    while (true) {
      const uint64_t seed = next_++;
      if (seed >= end_ || stopped_) return;
      Outcome outcome = Simulate(seed, OptionsOf(seed));
      MutexLock lock(&mu_);
      waiting_.emplace(seed, std::move(outcome));
      CountLocked();
    }
  }

  void CountLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    for (auto ready = waiting_.begin(); ready != waiting_.end() && ready->first == counted_ && !stopped_; ++counted_) {
      totals_.AddRun(ready->second);
      if (!ready->second.violations.empty()) {
        PrintViolation(ready->first, ready->second);
        stopped_ = !absl::GetFlag(FLAGS_keep_going);
      }
      ready = waiting_.erase(ready);
    }
    if (absl::Now() < next_report_) return;
    next_report_ = absl::Now() + kReportInterval;
    std::fprintf(stderr, "%llu seeds, %lld violations\n", static_cast<unsigned long long>(totals_.runs),
                 static_cast<long long>(totals_.bad_runs));
  }

  static constexpr absl::Duration kReportInterval = absl::Seconds(30);

  const uint64_t end_;
  std::atomic<uint64_t> next_;
  std::atomic<bool> stopped_{false};
  Mutex mu_;
  std::map<uint64_t, Outcome> waiting_ ABSL_GUARDED_BY(mu_);  // for the outcomes of earlier seeds
  uint64_t counted_ ABSL_GUARDED_BY(mu_);                     // all before it are in totals_
  absl::Time next_report_ ABSL_GUARDED_BY(mu_) = absl::Now() + kReportInterval;
  Totals totals_ ABSL_GUARDED_BY(mu_);
};

int RunAll() {
  const std::string mutant = absl::GetFlag(FLAGS_mutant);
  if (!mutant.empty() && MutantFromName(mutant) == Mutant::kNone) {
    std::fprintf(stderr, "simulate: no mutant is called \"%s\"; see --list_mutants\n", mutant.c_str());
    return 2;
  }
  const uint64_t only = absl::GetFlag(FLAGS_seed);
  const int jobs = absl::GetFlag(FLAGS_jobs);
  const absl::Time begin = absl::Now();
  Campaign campaign(only != 0 ? only : absl::GetFlag(FLAGS_first), only != 0 ? 1 : absl::GetFlag(FLAGS_seeds));
  const Totals totals = campaign.Run(jobs > 0 ? jobs : static_cast<int>(std::thread::hardware_concurrency()));
  PrintTotals(totals, absl::Now() - begin);
  return totals.bad_runs == 0 ? 0 : 1;
}

}  // namespace
}  // namespace dba::simulation

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  absl::SetProgramUsageMessage("simulates the controller: simulate --seeds N [--first S], simulate --seed S --trace");
  absl::ParseCommandLine(argc, argv);
  if (absl::GetFlag(FLAGS_list_mutants)) {
    for (const auto mutant : dba::simulation::AllMutants()) {
      std::printf("%s\n", dba::simulation::MutantName(mutant).c_str());
    }
    return 0;
  }
  return dba::simulation::RunAll();
}
