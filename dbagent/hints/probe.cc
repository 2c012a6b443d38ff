// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/probe.h"

#include "absl/strings/str_cat.h"

namespace dba::agent::hints {
namespace {

// Lengths keep two different lists from running together to the same text.
void AppendText(const std::string& text, std::string* key) { absl::StrAppend(key, text.size(), ":", text, ";"); }

void AppendList(const std::vector<std::string>& texts, std::string* key) {
  absl::StrAppend(key, texts.size(), "[");
  for (const std::string& text : texts) AppendText(text, key);
}

}  // namespace

std::string DataProbe::Key() const {
  std::string key = absl::StrCat(static_cast<int>(kind), nulls_not_distinct ? "n" : "d");
  for (const std::string& text : {table.schema, table.table, condition, parent.schema, parent.table}) {
    AppendText(text, &key);
  }
  AppendList(columns, &key);
  AppendList(expressions, &key);
  AppendList(parent_columns, &key);
  return key;
}

ProbeAnswer Probes::Ask(const DataProbe& probe) const {
  const std::string key = probe.Key();
  const auto found = answers_.find(key);
  if (found != answers_.end()) return found->second;
  if (wanted_keys_.insert(key).second) wanted_.push_back(probe);
  return ProbeAnswer::Unknown("the rows were not looked at");
}

}  // namespace dba::agent::hints
