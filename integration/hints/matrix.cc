// SPDX-License-Identifier: Apache-2.0
#include "integration/hints/matrix.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "common/status_macros.h"
#include "integration/hints/sql_session.h"

namespace dba::hints {
namespace {

// What was measured earlier, with what the agent says now.
TruthRow Merge(TruthRow measured, TruthRow asked) {
  measured.asked = asked.asked;
  measured.check_error = asked.check_error;
  measured.check_ms = asked.check_ms;
  measured.said = std::move(asked.said);
  return measured;
}

}  // namespace

absl::StatusOr<std::vector<TruthRow>> RunMatrix(const MatrixOptions& options) {
  DBA_ASSIGN_OR_RETURN(const std::unique_ptr<HintServer> server, StartHintServer(options.server));
  DBA_ASSIGN_OR_RETURN(const CaseFile file, LoadCases(options.files, server->engine(), server->version()));
  std::vector<TruthRow> rows;
  for (const HintCase& hint_case : file.cases) {
    if (options.chosen && !options.chosen(hint_case)) continue;
    const auto known = std::find_if(options.measured.begin(), options.measured.end(), [&](const TruthRow& row) {
      return row.id == hint_case.id && row.server == options.server;
    });
    RunOptions run = options.run;
    if (known != options.measured.end()) run.migrate = false;
    DBA_ASSIGN_OR_RETURN(TruthRow row, RunCase(*server, file, hint_case, run));
    row.server = options.server;
    if (known != options.measured.end()) row = Merge(*known, std::move(row));
    if (options.on_row) options.on_row(row);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace dba::hints
