// SPDX-License-Identifier: Apache-2.0
#include "integration/hints/matrix.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "common/status_macros.h"
#include "integration/hints/hint_case.h"
#include "integration/hints/sql_session.h"

namespace dba::hints {
namespace {

bool Chosen(const std::string& id, const std::vector<std::string>& only) {
  return only.empty() ||
         std::any_of(only.begin(), only.end(), [&](const std::string& word) { return absl::StrContains(id, word); });
}

}  // namespace

absl::StatusOr<std::vector<TruthRow>> RunMatrix(const MatrixOptions& options) {
  DBA_ASSIGN_OR_RETURN(const std::unique_ptr<HintServer> server, StartHintServer(options.server));
  DBA_ASSIGN_OR_RETURN(const CaseFile file, LoadCases(options.files, server->engine(), server->version()));
  std::vector<TruthRow> rows;
  for (const HintCase& hint_case : file.cases) {
    if (!Chosen(hint_case.id, options.only)) continue;
    DBA_ASSIGN_OR_RETURN(TruthRow row, RunCase(*server, file, hint_case, options.run));
    row.server = options.server;
    if (options.on_row) options.on_row(row);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace dba::hints
