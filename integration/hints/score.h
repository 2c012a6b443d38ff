// SPDX-License-Identifier: Apache-2.0
//
// The figures of a matrix of rows.
#ifndef DBA_INTEGRATION_HINTS_SCORE_H_
#define DBA_INTEGRATION_HINTS_SCORE_H_

#include <ostream>
#include <string>
#include <vector>

#include "integration/hints/truth_row.h"

namespace dba::hints {

struct Score {
  int cells = 0;
  int agreements = 0;  // harm found with no wrong warning, or harmless and nothing said
  int harmful = 0;
  int harm_found = 0;      // a warning named a harm that came
  int warnings = 0;        // findings that say something will happen
  int warnings_right = 0;  // the harm that they name came
  int harmless = 0;
  int harmless_with_finding = 0;  // false alarms, whatever they warn of
  int unknowns = 0;               // findings that say "could not be told": no warnings
  int not_asked = 0;
};

// Whether a finding of this harm is right about a migration that did `row.harms`. A migration that meets drift fails.
bool IsRight(const Said& finding, const TruthRow& row);

enum class Verdict { kAgrees, kMissed, kWrongWarning, kFalseAlarm, kNotAsked };
Verdict Judge(const TruthRow& row);

Score Count(const std::vector<TruthRow>& rows);

// 100 when there was nothing to find.
double HarmFoundPercent(const Score& score);
double WarningsRightPercent(const Score& score);

// One line for each row, and the figures of each server in it.
void PrintMatrix(const std::vector<TruthRow>& rows, bool disagreements_only, std::ostream& out);

}  // namespace dba::hints

#endif  // DBA_INTEGRATION_HINTS_SCORE_H_
