// SPDX-License-Identifier: Apache-2.0
#include "integration/hints/matrix.h"

#include <memory>
#include <utility>

#include "common/status_macros.h"
#include "integration/hints/sql_session.h"

namespace dba::hints {
absl::StatusOr<std::vector<TruthRow>> RunMatrix(const MatrixOptions& options) {
  DBA_ASSIGN_OR_RETURN(const std::unique_ptr<HintServer> server, StartHintServer(options.server));
  DBA_ASSIGN_OR_RETURN(const CaseFile file, LoadCases(options.files, server->engine(), server->version()));
  std::vector<TruthRow> rows;
  for (const HintCase& hint_case : file.cases) {
    if (options.chosen && !options.chosen(hint_case)) continue;
    DBA_ASSIGN_OR_RETURN(TruthRow row, RunCase(*server, file, hint_case, options.run));
    row.server = options.server;
    if (options.on_row) options.on_row(row);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace dba::hints
