// SPDX-License-Identifier: Apache-2.0
//
// The outcome of a check, written for people and for programs. Pure: the same report gives the same text.
#ifndef DBA_DBAGENT_CHECK_REPORT_H_
#define DBA_DBAGENT_CHECK_REPORT_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dbagent/check/hint_file.h"
#include "dbagent/db/types.h"
#include "dbagent/hints/evaluate.h"
#include "dbagent/hints/finding.h"

namespace dba::agent::check {

struct Report {
  ServerInfo server;
  std::vector<LocatedHint> hints;
  hints::Evaluation evaluation;  // of `hints`, in their order
  absl::Time checked_at;
  std::string command;  // to repeat the check

  const LocatedHint& HintOf(const hints::Finding& finding) const { return hints[finding.hint]; }
};

// How many findings have this effect.
int Count(const Report& report, hints::Effect effect);

// "PostgreSQL 15.10, database shop".
std::string ServerWords(const ServerInfo& server);

// For people: one paragraph a finding, and what to do next.
std::string TextReport(const Report& report);

// One JSON object; docs/check.md says what is in it.
std::string JsonReport(const Report& report);

// SARIF 2.1.0 (OASIS standard, 27 March 2020), with all rules of the catalogue.
std::string SarifReport(const Report& report);

// One workflow command a finding (GitHub's documentation, "Workflow commands", error and warning), so that it is shown
// at the hint's line.
std::string GithubReport(const Report& report);

// `message` as a workflow command without a place.
std::string GithubError(const std::string& message);

}  // namespace dba::agent::check

#endif  // DBA_DBAGENT_CHECK_REPORT_H_
