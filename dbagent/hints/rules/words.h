// SPDX-License-Identifier: Apache-2.0
//
// Words of findings for people, and what several rules ask of a hint. Pure.
#ifndef DBA_DBAGENT_HINTS_RULES_WORDS_H_
#define DBA_DBAGENT_HINTS_RULES_WORDS_H_

#include <string>
#include <vector>

#include "dbagent/hints/rule.h"

namespace dba::agent::hints {

// "812 million", "1.5 million", "12,345".
std::string CountWords(double number);

// "9 minutes", "1.5 s", "less than a tenth of a second".
std::string DurationWords(absl::Duration duration);

// "image (812 million rows, 140 writes a second)": what is known of it.
std::string TableWords(const HintContext& context);

// The name in the quotes of the engine.
std::string QuoteName(const HintContext& context, const std::string& name);

// A finding that could not be told, with the reason.
Finding UnknownFinding(std::string message, bool transient = false);

// Whether the table is known to hold no row: it was made by this migration, or the server says so.
bool IsEmpty(const TableFacts& table);

// Whether a hint's operation ends at once, because of something other rules report: table or column not there.
bool IsDrifted(const HintContext& context);

// The columns that the hint makes NOT NULL in old rows as well.
std::vector<std::string> ColumnsMadeNotNull(const Hint& hint);

// The confidence that the age of the statistics allows.
Confidence ConfidenceOf(const TableFacts& table);

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_RULES_WORDS_H_
