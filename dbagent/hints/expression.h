// SPDX-License-Identifier: Apache-2.0
//
// What can be told of an SQL expression in a hint without a parser. Pure.
#ifndef DBA_DBAGENT_HINTS_EXPRESSION_H_
#define DBA_DBAGENT_HINTS_EXPRESSION_H_

#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "dbagent/hints/facts.h"

namespace dba::agent::hints {

// The volatility of what the expression calls; nullopt: it calls a function that is not known.
//   functions  those known, by lower-case name
std::optional<Volatility> VolatilityOf(absl::string_view expression,
                                       const std::map<std::string, Volatility>& functions);

// Whether the agent may run the expression over rows with its own rights. A hint is written by somebody who may not
// have them, so only columns, constants, operators and known functions that are not volatile are let through:
// no name with a schema (an engine's own catalog is then the only place where names are looked for), no subquery, no
// quoted function name, no comment, no second statement, balanced parentheses and quotes.
bool IsHarmlessExpression(absl::string_view expression, const std::map<std::string, Volatility>& functions);

// Whether `column` stands in the expression, as a name of its own, in any case and quotes.
bool Mentions(absl::string_view expression, absl::string_view column);

// "c IS NOT NULL", in any number of parentheses, possibly beside other conditions joined by AND: proves that `column`
// holds no NULL.
bool ProvesNotNull(absl::string_view condition, absl::string_view column);

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_EXPRESSION_H_
