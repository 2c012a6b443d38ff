// SPDX-License-Identifier: Apache-2.0
//
// Whoever waits for a lock keeps out all who come later: even a change of metadata then stops a table.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

constexpr absl::Duration kLongTransaction = absl::Seconds(5);

struct Queue {
  const TableFacts* table;
  bool behind_readers;  // it waits for readers, and readers behind it; else for writers
};

std::vector<Queue> QueuesOf(const HintContext& context) {
  std::vector<Queue> queues;
  const Impact& impact = context.impact;
  const bool everybody = impact.waits_for == Impact::WaitsFor::kEverybody;
  if (everybody || impact.waits_for == Impact::WaitsFor::kWriters) queues.push_back({&context.table, everybody});
  for (const TableName& name : impact.waits_for_writers_of) queues.push_back({&context.state.Table(name), false});
  return queues;
}

bool IsWaitedFor(const LockHolder& holder, bool behind_readers) {
  // An autovacuum that is in the way gives up by itself, except the one against wraparound.
  if (holder.waiting || holder.kind == "autovacuum") return false;
  return behind_readers || holder.writes || holder.mode == "ShareUpdateExclusiveLock";
}

// The oldest transaction that is waited for, of those that are long; null: there is none.
//   spare_writers  those that hold a lock of writers do not count
const LockHolder* Oldest(const Queue& queue, bool spare_writers) {
  const LockHolder* oldest = nullptr;
  for (const LockHolder& holder : *queue.table->lock_holders) {
    if (holder.strong || holder.age < kLongTransaction || !IsWaitedFor(holder, queue.behind_readers)) continue;
    if (spare_writers && holder.writes) continue;
    if (oldest == nullptr || holder.age > oldest->age) oldest = &holder;
  }
  return oldest;
}

std::string Who(const LockHolder& holder) {
  const std::string application =
      holder.application.empty() ? "" : absl::StrCat(" of application ", holder.application);
  return absl::StrCat("session ", holder.session, application, holder.user.empty() ? "" : " by ", holder.user, " (",
                      holder.kind, ", open for ", DurationWords(holder.age), ")");
}

void Add(const HintContext& context, const Queue& queue, std::string message, const LockHolder& holder,
         std::vector<Finding>* findings) {
  Finding finding;
  finding.harm = queue.behind_readers ? Harm::kBlocksReads : Harm::kBlocksWrites;
  finding.transient = true;
  finding.table = FormatTableName(queue.table == &context.table ? context.hint.table : queue.table->requested);
  finding.unknown = !context.impact.unknown.empty() && context.impact.work != Work::kMetadata;
  finding.message = std::move(message);
  finding.evidence["session"] = holder.session;
  finding.evidence["transaction_age"] = absl::FormatDuration(absl::Trunc(holder.age, absl::Milliseconds(1)));
  findings->push_back(std::move(finding));
}

std::string Behind(const Queue& queue, const HintContext& context) {
  const TableName& name = queue.table == &context.table ? context.hint.table : queue.table->requested;
  return absl::StrCat(queue.behind_readers ? "all readers and writers of " : "all writers of ", FormatTableName(name));
}

}  // namespace

void LockLongTransaction(const HintContext& context, std::vector<Finding>* findings) {
  for (Queue queue : QueuesOf(context)) {
    if (!queue.table->lock_holders.known() || queue.table->created_here) continue;
    const bool writers_first = queue.behind_readers && context.impact.writers_first;
    const LockHolder* oldest = Oldest(queue, writers_first);
    if (oldest == nullptr && writers_first) {
      queue.behind_readers = false;
      oldest = Oldest(queue, false);
    }
    if (oldest == nullptr) continue;
    Add(context, queue,
        absl::StrCat(Word(context.hint.operation), " will wait for ", Who(*oldest), ", and ", Behind(queue, context),
                     " will wait behind it"),
        *oldest, findings);
  }
}

void LockDdlInProgress(const HintContext& context, std::vector<Finding>* findings) {
  for (const Queue& queue : QueuesOf(context)) {
    if (!queue.table->lock_holders.known() || queue.table->created_here) continue;
    const auto& holders = *queue.table->lock_holders;
    const auto other =
        std::find_if(holders.begin(), holders.end(), [](const LockHolder& holder) { return holder.strong; });
    if (other == holders.end()) continue;
    Add(context, queue,
        absl::StrCat(Word(context.hint.operation), " will queue up with ", Who(*other), ", which ",
                     other->waiting ? "waits for" : "holds", " ", other->mode, ", and ", Behind(queue, context),
                     " behind it"),
        *other, findings);
  }
}

}  // namespace dba::agent::hints
