// SPDX-License-Identifier: Apache-2.0
//
// The schema as it will be when a hint runs: the facts of now, changed by the hints before it. Pure.
#ifndef DBA_DBAGENT_HINTS_SCHEMA_STATE_H_
#define DBA_DBAGENT_HINTS_SCHEMA_STATE_H_

#include <map>
#include <string>
#include <utility>

#include "dbagent/hints/facts.h"
#include "dbagent/hints/hint.h"

namespace dba::agent::hints {

class SchemaState {
 public:
  explicit SchemaState(HintFacts facts) : facts_(std::move(facts)) {}

  const HintFacts& facts() const { return facts_; }
  const ServerFacts& server() const { return facts_.server; }
  // The table that a hint means. One that nobody asked for is absent.
  const TableFacts& Table(const TableName& requested) const;
  // The type, function or relation as the server knows it.
  const TypeFacts* Type(const std::string& written) const;

  // Changes the state as if `hint` had succeeded; a hint that cannot succeed changes what it can.
  void Apply(const Hint& hint);

 private:
  TableFacts* Find(const TableName& requested);
  void ApplyToTable(const Hint& hint, TableFacts* table);

  HintFacts facts_;
};

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_SCHEMA_STATE_H_
