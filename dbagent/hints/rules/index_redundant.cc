// SPDX-License-Identifier: Apache-2.0
//
// An index that another one makes superfluous, and what a failed build has left behind.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dbagent/hints/rules/rules.h"
#include "dbagent/hints/rules/words.h"

namespace dba::agent::hints {
namespace {

bool IsPlain(const Hint& hint) {
  return hint.operation == Operation::kCreateIndex && !hint.where && hint.expressions.empty() &&
         hint.method.value_or(IndexMethod::kBTree) == IndexMethod::kBTree;
}

bool BeginsWith(const std::vector<std::string>& columns, const std::vector<std::string>& first) {
  return columns.size() >= first.size() && std::equal(first.begin(), first.end(), columns.begin());
}

}  // namespace

void IndexRedundant(const HintContext& context, std::vector<Finding>* findings) {
  const Hint& hint = context.hint;
  if (!IsPlain(hint) || IsDrifted(context) || context.table.created_here) return;
  for (const IndexFacts& index : context.table.indexes) {
    if (!index.valid || !index.predicate.empty() || index.has_expressions || index.prefix || index.name == hint.name ||
        (index.method != "btree" && !index.method.empty()) || !BeginsWith(index.columns, hint.columns)) {
      continue;
    }
    if (hint.unique.value_or(false) && (!index.unique || index.columns.size() != hint.columns.size())) continue;
    Finding finding;
    finding.columns = hint.columns;
    finding.message = absl::StrCat("index ", index.name, " (", absl::StrJoin(index.columns, ", "), ") of ",
                                   FormatTableName(hint.table), " already serves what the new index would");
    findings->push_back(std::move(finding));
    return;
  }
}

void PgInvalidIndex(const HintContext& context, std::vector<Finding>* findings) {
  const Hint& hint = context.hint;
  if (!IsPlain(hint) || IsDrifted(context)) return;
  for (const IndexFacts& index : context.table.indexes) {
    if (index.valid || index.name == hint.name || index.columns != hint.columns) continue;
    Finding finding;
    finding.columns = hint.columns;
    finding.message = absl::StrCat("index ", index.name, " of ", FormatTableName(hint.table),
                                   " was left INVALID by a build that failed: it serves nobody and slows every write");
    findings->push_back(std::move(finding));
    return;
  }
}

}  // namespace dba::agent::hints
