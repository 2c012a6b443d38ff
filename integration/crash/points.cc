// SPDX-License-Identifier: Apache-2.0
#include "integration/crash/points.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace dba {
namespace {

constexpr int kLabelWidth = 44;
constexpr int kCellWidth = 18;

// What the modes of one row and engine came to.
struct Cell {
  int tried = 0;
  int converged = 0;
  std::string marks;  // "+" converged, "X" did not, in the order of the modes
};

// The rows in the order in which they first appear.
class Table {
 public:
  void Add(const std::string& row, size_t engine, bool converged) {
    if (cells_.count(row) == 0) rows_.push_back(row);
    Cell& cell = cells_[row][engine];
    ++cell.tried;
    cell.converged += converged ? 1 : 0;
    cell.marks += converged ? '+' : 'X';
  }

  std::string Print(const std::vector<std::string>& engines, const std::function<std::string(const Cell&)>& text) {
    std::string out;
    for (const std::string& row : rows_) {
      std::string line = absl::StrFormat("%-*s", kLabelWidth, row);
      for (size_t engine = 0; engine < engines.size(); ++engine) {
        absl::StrAppendFormat(&line, "%-*s", kCellWidth, text(cells_[row][engine]));
      }
      absl::StrAppend(&out, absl::StripTrailingAsciiWhitespace(line), "\n");
    }
    return out;
  }

 private:
  std::vector<std::string> rows_;
  std::map<std::string, std::map<size_t, Cell>> cells_;
};

std::string Heading(absl::string_view first, const std::vector<std::string>& engines) {
  std::string line = absl::StrFormat("%-*s", kLabelWidth, first);
  for (const std::string& engine : engines) absl::StrAppendFormat(&line, "%-*s", kCellWidth, engine);
  return absl::StrCat(absl::StripTrailingAsciiWhitespace(line), "\n");
}

std::string OutOf(const Cell& cell) { return cell.tried == 0 ? "-" : absl::StrCat(cell.converged, " of ", cell.tried); }

}  // namespace

absl::string_view FaultModeName(FaultMode mode) {
  switch (mode) {
    case FaultMode::kCrashBefore:
      return "before";
    case FaultMode::kCrashAfter:
      return "after";
    case FaultMode::kReplyLost:
      break;
  }
  return "reply lost";
}

std::string Describe(const CrashPointPassing& passing) {
  return absl::StrCat("v", passing.version, " ", passing.verb, "#", passing.number, passing.object.empty() ? "" : " ",
                      passing.object);
}

std::vector<CrashPointPassing> ParseTrace(
    int version, absl::string_view trace,
    const std::function<std::string(absl::string_view, absl::string_view)>& label) {
  std::vector<CrashPointPassing> passings;
  std::map<std::string, int> numbers;
  for (const absl::string_view line : absl::StrSplit(trace, '\n', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> words = absl::StrSplit(line, absl::MaxSplits(' ', 1));
    absl::string_view verb = words.first;
    if (!absl::ConsumeSuffix(&verb, ".after")) continue;
    passings.push_back({version, std::string(verb), ++numbers[std::string(verb)], label(verb, words.second)});
  }
  return passings;
}

std::string FaultFlag(const CrashPointPassing& passing, FaultMode mode) {
  const std::string number = absl::StrCat("#", passing.number);
  if (mode == FaultMode::kReplyLost) return absl::StrCat("--lose_reply_at=", passing.verb, number);
  return absl::StrCat("--crash_at=", passing.verb, ".", FaultModeName(mode), number);
}

std::vector<CrashPlan> AllPlans(const std::vector<std::vector<CrashPointPassing>>& effects_by_engine) {
  std::vector<CrashPlan> plans;
  size_t longest = 0;
  for (const auto& effects : effects_by_engine) longest = std::max(longest, effects.size());
  for (size_t i = 0; i < longest; ++i) {
    for (size_t engine = 0; engine < effects_by_engine.size(); ++engine) {
      if (i >= effects_by_engine[engine].size()) continue;
      for (const FaultMode mode : kFaultModes) plans.push_back({engine, mode, effects_by_engine[engine][i]});
    }
  }
  std::stable_partition(plans.begin(), plans.end(),
                        [](const CrashPlan& plan) { return plan.passing.verb != "ApplyStatus"; });
  return plans;
}

std::vector<CrashPlan> OneOfEachVerb(const std::vector<std::vector<CrashPointPassing>>& effects_by_engine) {
  std::set<std::string> verbs;
  for (const auto& effects : effects_by_engine) {
    for (const CrashPointPassing& effect : effects) verbs.insert(effect.verb);
  }
  std::vector<CrashPlan> plans;
  for (const std::string& verb : verbs) {
    for (size_t turn = 0; turn < effects_by_engine.size(); ++turn) {
      const size_t engine = (plans.size() + turn) % effects_by_engine.size();
      std::vector<CrashPointPassing> passings;
      for (const CrashPointPassing& effect : effects_by_engine[engine]) {
        if (effect.verb == verb) passings.push_back(effect);
      }
      if (passings.empty()) continue;
      // Engines change with each verb, modes with each round of engines.
      const size_t mode = (plans.size() + plans.size() / effects_by_engine.size()) % kFaultModes.size();
      plans.push_back({engine, kFaultModes[mode], passings[plans.size() % passings.size()]});
      break;
    }
  }
  return plans;
}

std::vector<CrashPlan> EvenlyChosen(const std::vector<CrashPlan>& plans, size_t count) {
  std::vector<CrashPlan> chosen;
  for (size_t i = 0; i < plans.size(); ++i) {
    if (count >= plans.size() || i * count / plans.size() != (i + 1) * count / plans.size()) chosen.push_back(plans[i]);
  }
  return chosen;
}

std::vector<std::vector<size_t>> GroupIntoRuns(const std::vector<CrashPlan>& plans,
                                               const std::vector<size_t>& indexes) {
  std::map<std::pair<size_t, size_t>, std::vector<size_t>>
      runs;  // by how many of its version came before, and the engine
  std::map<std::pair<size_t, int>, size_t> seen;
  for (const size_t index : indexes) {
    const CrashPlan& plan = plans[index];
    runs[{seen[{plan.engine, plan.passing.version}]++, plan.engine}].push_back(index);
  }
  std::vector<std::vector<size_t>> result;
  for (auto& [key, run] : runs) result.push_back(std::move(run));
  return result;
}

std::string ResultTable(const std::vector<std::string>& engines, const std::vector<CrashPlanResult>& results) {
  Table effects;
  Table verbs;
  Table modes;
  size_t converged = 0;
  for (const CrashPlanResult& result : results) {
    const bool ok = result.trouble.empty();
    converged += ok ? 1 : 0;
    effects.Add(Describe(result.plan.passing), result.plan.engine, ok);
    verbs.Add(result.plan.passing.verb, result.plan.engine, ok);
    modes.Add(std::string(FaultModeName(result.plan.mode)), result.plan.engine, ok);
  }
  return absl::StrCat("Each mark is one run with one fault: before, after, reply lost; + converged with equal counts, ",
                      "X did not\n", Heading("effect", engines),
                      effects.Print(engines, [](const Cell& cell) { return cell.marks; }), "\n",
                      Heading("verb", engines), verbs.Print(engines, OutOf), "\n", Heading("fault", engines),
                      modes.Print(engines, OutOf), "\n", converged, " of ", results.size(),
                      " runs converged to the end of the run without faults\n");
}

}  // namespace dba
