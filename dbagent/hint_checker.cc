// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hint_checker.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "common/status_macros.h"

namespace dba::agent {
namespace {

using hints::HintFacts;
using hints::LockHolder;
using hints::ProbeAnswer;

constexpr absl::Duration kProbeBudget = absl::Seconds(10);  // of one call
constexpr int kPasses = 4;                                  // an answer may raise the next question

// A query would queue behind the lock, and whoever comes later behind the query.
bool StronglyLocked(const hints::TableFacts& table) {
  return table.lock_holders.known() && std::any_of(table.lock_holders->begin(), table.lock_holders->end(),
                                                   [](const LockHolder& holder) { return holder.strong; });
}

// Parents of foreign keys that a hint names only by the constraint; what the request has already is left out.
std::vector<TableName> ParentsOf(const std::vector<hints::Hint>& hints, const HintFacts& facts) {
  std::vector<TableName> parents;
  for (const hints::Hint& hint : hints) {
    const hints::TableFacts* table = facts.Find(hint.table);
    const hints::ConstraintFacts* constraint = table == nullptr ? nullptr : table->FindConstraint(hint.name);
    if (constraint == nullptr || constraint->references.table.empty()) continue;
    if (facts.Find(constraint->references) == nullptr) parents.push_back(constraint->references);
  }
  return parents;
}

ProbeAnswer Answer(Database& database, const HintFacts& facts, const hints::DataProbe& probe,
                   const hints::Policy& policy, absl::Time budget, absl::Time deadline) {
  if (policy.probe_timeout <= absl::ZeroDuration()) {
    return ProbeAnswer::Unknown("queries over the rows are switched off (hints.probeTimeout: 0s)");
  }
  const hints::TableFacts* table = facts.Find(probe.table);
  if (table != nullptr && !table->read_denied.empty()) return ProbeAnswer::Unknown(table->read_denied);
  if (table != nullptr && StronglyLocked(*table)) {
    return ProbeAnswer::Unknown("another session holds, or waits for, a lock that keeps readers or writers out", true);
  }
  const absl::Duration left = std::min(budget, deadline) - absl::Now();
  if (left < absl::Milliseconds(50)) {
    return ProbeAnswer::Unknown("the time for queries over the rows was used up by the hints before", true);
  }
  const absl::StatusOr<ProbeAnswer> answer = database.Probe(probe, std::min(policy.probe_timeout, left), deadline);
  return answer.ok() ? *answer : ProbeAnswer::Unknown(std::string(answer.status().message()), true);
}

}  // namespace

absl::StatusOr<HintFacts> HintChecker::Gather(Database& database, const hints::FactsRequest& request,
                                              absl::Duration window, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(HintFacts facts, database.GatherFacts(request, deadline));
  std::vector<TableName> names;
  std::vector<hints::TableFacts*> tables;
  for (hints::TableFacts& table : facts.tables) {
    if (!table.exists() || table.kind == hints::TableKind::kView) continue;
    names.push_back(table.name);
    tables.push_back(&table);
  }
  const auto rates = sampler_->Rates(names, window, deadline);
  for (size_t i = 0; i < rates.size(); ++i) tables[i]->writes = rates[i];
  return facts;
}

absl::StatusOr<HintCheck> HintChecker::Check(Database& database, const std::vector<absl::StatusOr<hints::Hint>>& hints,
                                             const hints::Policy& policy, const std::string& owner,
                                             absl::Time deadline) {
  std::vector<hints::Hint> readable;
  for (const auto& hint : hints) {
    if (hint.ok()) readable.push_back(*hint);
  }
  hints::FactsRequest request = hints::RequestFor(readable);
  request.owner = owner;
  DBA_ASSIGN_OR_RETURN(HintFacts facts, Gather(database, request, policy.write_window, deadline));
  const std::vector<TableName> parents = ParentsOf(readable, facts);
  if (!parents.empty()) {
    request.tables.insert(request.tables.end(), parents.begin(), parents.end());
    DBA_ASSIGN_OR_RETURN(facts, Gather(database, request, policy.write_window, deadline));
  }
  hints::Probes answers;
  HintCheck check;
  MutexLock lock(&probing_);
  const absl::Time budget = absl::Now() + kProbeBudget;
  for (int pass = 0; pass < kPasses; ++pass) {
    hints::Probes probes = answers;
    check.evaluation = hints::Evaluate(hints, facts, probes, policy);
    if (probes.wanted().empty()) break;
    for (const hints::DataProbe& probe : probes.wanted()) {
      answers.Record(probe, Answer(database, facts, probe, policy, budget, deadline));
    }
  }
  check.checked_at = absl::Now();
  return check;
}

absl::StatusOr<HintFacts> HintChecker::Describe(Database& database, const std::vector<TableName>& tables,
                                                absl::Time deadline) {
  hints::FactsRequest request;
  request.tables = tables;
  return Gather(database, request, hints::Policy().write_window, deadline);
}

}  // namespace dba::agent
