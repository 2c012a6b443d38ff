// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_INTEGRATION_HINTS_MATRIX_H_
#define DBA_INTEGRATION_HINTS_MATRIX_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "integration/hints/case_runner.h"
#include "integration/hints/hint_case.h"
#include "integration/hints/truth_row.h"

namespace dba::hints {

struct MatrixOptions {
  std::string server;                           // a name of StartHintServer
  std::vector<std::string> files;               // of cases
  std::function<bool(const HintCase&)> chosen;  // which cases; empty: all
  RunOptions run;
  std::vector<TruthRow> measured;  // rows of an earlier run: their cases are not migrated again
  int lanes = 1;  // how many cases run at a time; more than one only for small tables that nobody else locks
  std::function<void(const TruthRow&)> on_row;  // called after each case; may be empty
};

// Runs the cases of one server; the rows are in the order of the files. FAILED_PRECONDITION: a case is broken; errors
// of LoadCases and StartHintServer.
absl::StatusOr<std::vector<TruthRow>> RunMatrix(const MatrixOptions& options);

}  // namespace dba::hints

#endif  // DBA_INTEGRATION_HINTS_MATRIX_H_
