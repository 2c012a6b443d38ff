// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/table_facts.h"

#include "absl/strings/match.h"

namespace dba::agent::hints {
namespace {

template <typename T>
const T* FindNamed(const std::vector<T>& items, absl::string_view name, bool ignore_case) {
  for (const T& item : items) {
    if (ignore_case ? absl::EqualsIgnoreCase(item.name, name) : item.name == name) return &item;
  }
  return nullptr;
}

}  // namespace

const ColumnFacts* TableFacts::FindColumn(absl::string_view column) const {
  return FindNamed(columns, column, ignore_case);
}

const IndexFacts* TableFacts::FindIndex(absl::string_view index) const {
  return FindNamed(indexes, index, ignore_case);
}

const ConstraintFacts* TableFacts::FindConstraint(absl::string_view constraint) const {
  return FindNamed(constraints, constraint, ignore_case);
}

}  // namespace dba::agent::hints
