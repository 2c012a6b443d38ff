// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hint_checker.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/time/clock.h"
#include "common/status_macros.h"

namespace dba::agent {
namespace {

using hints::HintFacts;
using hints::LockHolder;
using hints::ProbeAnswer;

constexpr absl::Duration kProbeBudget = absl::Seconds(10);  // of one call
constexpr int kPasses = 4;                                  // an answer may raise the next question
constexpr absl::Duration kShortestProbe = absl::Milliseconds(50);

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

ProbeAnswer Answer(Database& database, ProbeQueue* queue, const HintFacts& facts, const hints::DataProbe& probe,
                   absl::Duration timeout, absl::Time deadline) {
  if (timeout <= absl::ZeroDuration()) {
    return ProbeAnswer::Unknown("queries over the rows are switched off (hints.probeTimeout: 0s)");
  }
  const hints::TableFacts* table = facts.Find(probe.table);
  if (table != nullptr && !table->read_denied.empty()) return ProbeAnswer::Unknown(table->read_denied);
  if (table != nullptr && StronglyLocked(*table)) {
    return ProbeAnswer::Unknown("another session holds, or waits for, a lock that keeps readers or writers out", true);
  }
  const ProbeQueue::Turn turn(queue, deadline);
  if (!turn.taken()) return ProbeAnswer::Unknown("another check is running; ask again when it has ended", true);
  const absl::Duration left = deadline - absl::Now();
  if (left < kShortestProbe) {
    return ProbeAnswer::Unknown("the time for queries over the rows was used up by the hints before", true);
  }
  const absl::StatusOr<ProbeAnswer> answer = database.Probe(probe, std::min(timeout, left), deadline);
  return answer.ok() ? *answer : ProbeAnswer::Unknown(std::string(answer.status().message()), true);
}

// The tables of the facts whose writes are counted.
std::vector<hints::TableFacts*> Written(HintFacts* facts) {
  std::vector<hints::TableFacts*> tables;
  for (hints::TableFacts& table : facts->tables) {
    if (table.exists() && table.kind != hints::TableKind::kView) tables.push_back(&table);
  }
  return tables;
}

// As though they were written to without end: no rule then says less than it would of their true rates.
void AssumeBusy(const std::vector<TableName>& tables, HintFacts* facts) {
  for (const TableName& name : tables) {
    for (hints::TableFacts* table : Written(facts)) {
      if (table->name.schema != name.schema || table->name.table != name.table) continue;
      table->writes = hints::WriteRate{std::numeric_limits<double>::infinity(), absl::ZeroDuration()};
    }
  }
}

}  // namespace

absl::StatusOr<HintChecker::Known> HintChecker::Gather(Database& database, const hints::FactsRequest& request,
                                                       absl::Duration window, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(GatheredFacts gathered, database.GatherFacts(request, deadline));
  Known known;
  known.facts = std::move(gathered.facts);
  const std::vector<WriteSampler::Rate> rates = sampler_->Record(gathered.writes, window);
  for (hints::TableFacts* table : Written(&known.facts)) {
    for (size_t i = 0; i < rates.size(); ++i) {
      const TableName& name = gathered.writes.tables[i].table;
      if (name.schema != table->name.schema || name.table != table->name.table) continue;
      table->writes = rates[i].rate;
      if (rates[i].counting) known.counting.push_back(name);
    }
  }
  return known;
}

void HintChecker::AwaitRates(absl::Duration window, absl::Time deadline, Known* known) {
  const auto rates = sampler_->Rates(known->counting, window, deadline);
  for (hints::TableFacts* table : Written(&known->facts)) {
    for (size_t i = 0; i < rates.size(); ++i) {
      const TableName& name = known->counting[i];
      if (name.schema == table->name.schema && name.table == table->name.table) table->writes = rates[i];
    }
  }
  known->counting.clear();
}

hints::Evaluation HintChecker::Judge(Database& database, const std::vector<absl::StatusOr<hints::Hint>>& hints,
                                     const HintFacts& facts, const hints::Policy& policy, hints::Probes* answers,
                                     absl::Time deadline) {
  hints::Evaluation evaluation;
  for (int pass = 0; pass < kPasses; ++pass) {
    const hints::Probes probes = *answers;
    evaluation = hints::Evaluate(hints, facts, probes, policy);
    if (probes.wanted().empty()) break;
    for (const hints::DataProbe& probe : probes.wanted()) {
      answers->Record(probe, Answer(database, &probing_, facts, probe, policy.probe_timeout, deadline));
    }
  }
  return evaluation;
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
  DBA_ASSIGN_OR_RETURN(Known known, Gather(database, request, policy.write_window, deadline));
  const std::vector<TableName> parents = ParentsOf(readable, known.facts);
  if (!parents.empty()) {
    request.tables.insert(request.tables.end(), parents.begin(), parents.end());
    DBA_ASSIGN_OR_RETURN(known, Gather(database, request, policy.write_window, deadline));
  }
  const absl::Time probes_end = std::min(deadline, absl::Now() + kProbeBudget);
  hints::Probes answers;
  HintCheck check;
  AssumeBusy(known.counting, &known.facts);
  check.evaluation = Judge(database, hints, known.facts, policy, &answers, probes_end);
  // Without a finding even so, how much is written there does not matter.
  if (!known.counting.empty() && !check.evaluation.findings.empty()) {
    AwaitRates(policy.write_window, deadline, &known);
    check.evaluation = Judge(database, hints, known.facts, policy, &answers, probes_end);
  }
  check.checked_at = absl::Now();
  return check;
}

absl::StatusOr<HintFacts> HintChecker::Describe(Database& database, const std::vector<TableName>& tables,
                                                absl::Time deadline) {
  hints::FactsRequest request;
  request.tables = tables;
  const absl::Duration window = hints::Policy().write_window;
  DBA_ASSIGN_OR_RETURN(Known known, Gather(database, request, window, deadline));
  if (!known.counting.empty()) AwaitRates(window, deadline, &known);
  return std::move(known.facts);
}

}  // namespace dba::agent
