// SPDX-License-Identifier: Apache-2.0
//
// simulate --seeds N [--first S]    N runs; ends with 1 at the first violation, and says how to see it again
// simulate --seed S --trace         one run, step by step
// simulate --mutant NAME            the same with a bug put back; --list_mutants names them
#include <cstdio>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "controller/simulation/simulation.h"

ABSL_FLAG(uint64_t, seeds, 1000, "number of runs");
ABSL_FLAG(uint64_t, first, 1, "seed of the first run");
ABSL_FLAG(uint64_t, seed, 0, "the only run; 0: --seeds runs");
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
  int64_t runs = 0;
  int64_t steps = 0;
  int64_t bad_runs = 0;
  int worst_calm = 0;
  Tally tally;
};

void PrintTotals(const Totals& totals, absl::Duration elapsed) {
  Print("faults", totals.tally.faults);
  Print("actions", totals.tally.actions);
  Print("events", totals.tally.events);
  Print("known gaps", totals.tally.gaps);
  std::printf("%lld seeds, %lld steps, at rest after at most %d reconciles, %lld with a violation, %.1f s\n",
              static_cast<long long>(totals.runs), static_cast<long long>(totals.steps), totals.worst_calm,
              static_cast<long long>(totals.bad_runs), absl::ToDoubleSeconds(elapsed));
}

int RunAll() {
  Options options;
  options.trace = absl::GetFlag(FLAGS_trace);
  const std::string mutant = absl::GetFlag(FLAGS_mutant);
  options.mutant = MutantFromName(mutant);
  if (!mutant.empty() && options.mutant == Mutant::kNone) {
    std::fprintf(stderr, "simulate: no mutant is called \"%s\"; see --list_mutants\n", mutant.c_str());
    return 2;
  }
  const uint64_t only = absl::GetFlag(FLAGS_seed);
  const uint64_t first = only != 0 ? only : absl::GetFlag(FLAGS_first);
  const uint64_t count = only != 0 ? 1 : absl::GetFlag(FLAGS_seeds);
  const absl::Time begin = absl::Now();
  Totals totals;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    options.profile = absl::GetFlag(FLAGS_harsh) ? DrawHarshProfile(seed) : DrawProfile(seed);
    const Outcome outcome = Simulate(seed, options);
    ++totals.runs;
    totals.steps += outcome.steps;
    totals.worst_calm = std::max(totals.worst_calm, outcome.calm_reconciles);
    Add(outcome.tally.faults, totals.tally.faults);
    Add(outcome.tally.actions, totals.tally.actions);
    Add(outcome.tally.events, totals.tally.events);
    Add(outcome.tally.gaps, totals.tally.gaps);
    if (outcome.violations.empty()) continue;
    ++totals.bad_runs;
    std::printf(
        "seed %llu (%s): %s\n  see it with: simulate --seed %llu --trace%s\n", static_cast<unsigned long long>(seed),
        DescribeProfile(*options.profile).c_str(), outcome.violations.front().c_str(),
        static_cast<unsigned long long>(seed),
        absl::StrCat(absl::GetFlag(FLAGS_harsh) ? " --harsh" : "", mutant.empty() ? "" : " --mutant ", mutant).c_str());
    if (!absl::GetFlag(FLAGS_keep_going)) break;
  }
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
