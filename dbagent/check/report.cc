// SPDX-License-Identifier: Apache-2.0
#include "dbagent/check/report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace dba::agent::check {

int Count(const Report& report, hints::Effect effect) {
  const auto& findings = report.evaluation.findings;
  return static_cast<int>(std::count_if(findings.begin(), findings.end(),
                                        [&](const hints::Finding& finding) { return finding.effect == effect; }));
}

std::string ServerWords(const ServerInfo& server) {
  const char* engine = "PostgreSQL";
  if (server.engine == Engine::kMysql) engine = "MySQL";
  if (server.engine == Engine::kMariadb) engine = "MariaDB";
  return absl::StrCat(engine, " ", server.version, ", database ", server.database);
}

}  // namespace dba::agent::check
