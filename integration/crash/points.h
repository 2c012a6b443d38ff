// SPDX-License-Identifier: Apache-2.0
//
// Which faults to try: every crash point that a run without faults reached, each in every mode. Pure.
#ifndef DBA_INTEGRATION_CRASH_POINTS_H_
#define DBA_INTEGRATION_CRASH_POINTS_H_

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace dba {

enum class FaultMode { kCrashBefore, kCrashAfter, kReplyLost };

inline constexpr std::array<FaultMode, 3> kFaultModes = {FaultMode::kCrashBefore, FaultMode::kCrashAfter,
                                                         FaultMode::kReplyLost};

absl::string_view FaultModeName(FaultMode mode);  // before | after | reply lost

// One passing of one effect of the executor.
struct CrashPointPassing {
  int version = 1;     // on the way to which it happens
  std::string verb;    // EnsureAccount
  int number = 1;      // the how manyth of its verb on that way
  std::string object;  // what it was done to, as `label` says
};

// "v2 EnsureAccount#1 migrator/v2"
std::string Describe(const CrashPointPassing& passing);

// The effects of a trace that dba-controller-faults wrote on the way to a version, in their order.
//   label  the name of an object as it is in every run: "migrator/v1" for the account or Secret of an attempt
std::vector<CrashPointPassing> ParseTrace(
    int version, absl::string_view trace,
    const std::function<std::string(absl::string_view verb, absl::string_view object)>& label);

// The flag of dba-controller-faults.
std::string FaultFlag(const CrashPointPassing& passing, FaultMode mode);

// A fault and the engine, by number, on which it is tried.
struct CrashPlan {
  size_t engine = 0;
  FaultMode mode = FaultMode::kCrashBefore;
  CrashPointPassing passing;
};

// Every effect of every engine in every mode; the writing of statuses, which is half of all, comes last.
std::vector<CrashPlan> AllPlans(const std::vector<std::vector<CrashPointPassing>>& effects_by_engine);

// Every verb once; engines, modes and passings take turns.
std::vector<CrashPlan> OneOfEachVerb(const std::vector<std::vector<CrashPointPassing>>& effects_by_engine);

// `count` of the plans at equal distances, all when there are no more.
std::vector<CrashPlan> EvenlyChosen(const std::vector<CrashPlan>& plans, size_t count);

// Runs, each of one engine, with at most one of the plans on the way to each version. Indexes into `plans`.
std::vector<std::vector<size_t>> GroupIntoRuns(const std::vector<CrashPlan>& plans, const std::vector<size_t>& indexes);

// How a plan ended; empty: it converged with equal counts.
struct CrashPlanResult {
  CrashPlan plan;
  std::string trouble;
  bool decided = false;
};

// People read it: a line per effect with a mark per engine and mode, a line per verb with what converged, and totals.
std::string ResultTable(const std::vector<std::string>& engines, const std::vector<CrashPlanResult>& results);

}  // namespace dba

#endif  // DBA_INTEGRATION_CRASH_POINTS_H_
