// SPDX-License-Identifier: Apache-2.0
#include "absl/strings/str_cat.h"
#include "common/json.h"
#include "dbagent/check/report.h"

namespace dba::agent::check {
namespace {

const char* Word(Engine engine) {
  switch (engine) {
    case Engine::kPostgresql:
      return "PostgreSQL";
    case Engine::kMysql:
      return "MySQL";
    case Engine::kMariadb:
      return "MariaDB";
  }
  return "";
}

const char* Word(hints::Applied applied) {
  switch (applied) {
    case hints::Applied::kNo:
      return "No";
    case hints::Applied::kYes:
      return "Yes";
    case hints::Applied::kUnknown:
      return "Unknown";
  }
  return "";
}

const char* Word(hints::Confidence confidence) {
  switch (confidence) {
    case hints::Confidence::kLow:
      return "Low";
    case hints::Confidence::kMedium:
      return "Medium";
    case hints::Confidence::kHigh:
      return "High";
  }
  return "";
}

Json HintJson(const Report& report, size_t index) {
  const LocatedHint& hint = report.hints[index];
  Json json = {{"file", hint.file}, {"line", hint.line}, {"applied", Word(report.evaluation.applied[index])}};
  if (!hint.migration.empty()) json["migration"] = hint.migration;
  if (!hint.hint.ok()) return json;
  json["operation"] = std::string(hints::Word(hint.hint->operation));
  json["table"] = hints::FormatTableName(hint.hint->table);
  return json;
}

Json FindingJson(const hints::Finding& finding) {
  Json json = {{"rule", finding.rule},
               {"effect", finding.effect == hints::Effect::kBlock ? "Block" : "Warn"},
               {"confidence", Word(finding.confidence)},
               {"unknown", finding.unknown},
               {"transient", finding.transient},
               {"hint", finding.hint},
               {"message", finding.message},
               {"evidence", finding.evidence}};
  if (finding.harm) json["harm"] = std::string(hints::Word(*finding.harm));
  if (finding.scenario != 0) json["scenario"] = finding.scenario;
  if (!finding.table.empty()) json["table"] = finding.table;
  if (!finding.columns.empty()) json["columns"] = finding.columns;
  if (!finding.remedy.empty()) json["remedy"] = finding.remedy;
  if (finding.expected_duration) json["expectedSeconds"] = absl::ToDoubleSeconds(*finding.expected_duration);
  return json;
}

}  // namespace

std::string JsonReport(const Report& report) {
  Json hints = Json::array();
  for (size_t i = 0; i < report.hints.size(); ++i) hints.push_back(HintJson(report, i));
  Json findings = Json::array();
  for (const hints::Finding& finding : report.evaluation.findings) findings.push_back(FindingJson(finding));
  const Json json = {
      {"database",
       {{"engine", Word(report.server.engine)}, {"version", report.server.version}, {"name", report.server.database}}},
      {"checkedAt", absl::FormatTime(absl::RFC3339_sec, report.checked_at, absl::UTCTimeZone())},
      {"wouldBlock", Count(report, hints::Effect::kBlock) > 0},
      {"hints", std::move(hints)},
      {"findings", std::move(findings)}};
  return absl::StrCat(DumpJson(json), "\n");
}

}  // namespace dba::agent::check
