// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/facts.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace dba::agent::hints {
namespace {

bool Same(const TableName& a, const TableName& b) { return a.schema == b.schema && a.table == b.table; }

template <typename T>
void AddOnce(const T& item, std::vector<T>* items) {
  if (std::find(items->begin(), items->end(), item) == items->end()) items->push_back(item);
}

void AddTable(const TableName& table, std::vector<TableName>* tables) {
  if (std::none_of(tables->begin(), tables->end(), [&](const TableName& t) { return Same(t, table); })) {
    tables->push_back(table);
  }
}

bool IsWordStart(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool IsWord(char c) { return IsWordStart(c) || absl::ascii_isdigit(static_cast<unsigned char>(c)); }

}  // namespace

std::string ServerFacts::Setting(absl::string_view name, absl::string_view fallback) const {
  const auto found = settings.find(std::string(name));
  return found == settings.end() ? std::string(fallback) : found->second;
}

const TableFacts* HintFacts::Find(const TableName& requested) const {
  for (const TableFacts& table : tables) {
    if (Same(table.requested, requested)) return &table;
  }
  const TableName full = {requested.schema.empty() ? default_schema : requested.schema, requested.table};
  for (const TableFacts& table : tables) {
    if (Same(table.name, full)) return &table;
  }
  return nullptr;
}

std::vector<std::string> FunctionsIn(absl::string_view expression) {
  std::vector<std::string> functions;
  for (size_t i = 0; i < expression.size();) {
    if (expression[i] == '\'') {  // a text is no call
      i = expression.find('\'', i + 1);
      if (i == absl::string_view::npos) break;
      ++i;
      continue;
    }
    if (!IsWordStart(expression[i])) {
      ++i;
      continue;
    }
    const size_t start = i;
    while (i < expression.size() && IsWord(expression[i])) ++i;
    size_t next = i;
    while (next < expression.size() && expression[next] == ' ') ++next;
    if (next < expression.size() && expression[next] == '(') {
      AddOnce(absl::AsciiStrToLower(expression.substr(start, i - start)), &functions);
    }
  }
  return functions;
}

namespace {

void AddFunctions(const std::string& expression, FactsRequest* request) {
  for (const std::string& function : FunctionsIn(expression)) AddOnce(function, &request->functions);
}

}  // namespace

FactsRequest RequestFor(const std::vector<Hint>& hints) {
  FactsRequest request;
  for (const Hint& hint : hints) {
    AddTable(hint.table, &request.tables);
    if (hint.references) AddTable(hint.references->table, &request.tables);
    if (!hint.name.empty()) AddOnce(hint.name, &request.relations);
    if (hint.operation == Operation::kRenameTable) {
      AddTable({hint.table.schema, hint.new_name}, &request.tables);
    }
    for (const std::string& expression : hint.expressions) AddFunctions(expression, &request);
    AddFunctions(hint.check.value_or(""), &request);
    AddFunctions(hint.where.value_or(""), &request);
    if (!hint.column) continue;
    if (hint.column->references) AddTable(hint.column->references->table, &request.tables);
    if (hint.column->type) AddOnce(*hint.column->type, &request.types);
    AddFunctions(hint.column->default_expression.value_or(""), &request);
    AddFunctions(hint.column->check.value_or(""), &request);
  }
  return request;
}

}  // namespace dba::agent::hints
