// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/hash.h"
#include "common/json.h"
#include "common/uri.h"
#include "common/version.h"
#include "dbagent/check/report.h"
#include "dbagent/hints/rule.h"

namespace dba::agent::check {
namespace {

constexpr char kSchema[] = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json";

std::string FileUri(const std::string& path) {
  std::vector<std::string> parts;
  for (const absl::string_view part : absl::StrSplit(path, '/')) parts.push_back(PercentEncode(part));
  return absl::StrCat(absl::StartsWith(path, "/") ? "file://" : "", absl::StrJoin(parts, "/"));
}

Json RuleJson(const hints::RuleInfo& rule) {
  return {{"id", rule.id},
          {"shortDescription", {{"text", rule.says}}},
          {"help", {{"text", rule.remedy}}},
          {"defaultConfiguration", {{"level", rule.severity == hints::Severity::kError ? "error" : "warning"}}},
          {"properties",
           {{"harm", std::string(hints::Word(rule.harm))}, {"evidence", rule.evidence}, {"source", rule.source}}}};
}

Json Rules() {
  Json rules = Json::array();
  for (const hints::RuleInfo& rule : hints::Catalogue()) rules.push_back(RuleJson(rule));
  return rules;
}

int IndexOf(const std::string& id) {
  int index = 0;
  for (const hints::RuleInfo& rule : hints::Catalogue()) {
    if (id == rule.id) return index;
    ++index;
  }
  return -1;
}

// Equal for the same finding about the same thing, wherever its hint stands in the file and whatever was measured.
std::string Fingerprint(const LocatedHint& hint, const hints::Finding& finding) {
  return Sha256Hex(absl::StrCat(finding.rule, "\n", hint.migration, "\n", hint.title, "\n", finding.table, "\n",
                                absl::StrJoin(finding.columns, "\n")));
}

Json ResultJson(const Report& report, const hints::Finding& finding, std::set<std::string>* fingerprints) {
  const LocatedHint& hint = report.HintOf(finding);
  const std::string text =
      finding.remedy.empty() ? finding.message : absl::StrCat(finding.message, "\n", finding.remedy);
  std::string fingerprint = Fingerprint(hint, finding);
  while (!fingerprints->insert(fingerprint).second) fingerprint = Sha256Hex(fingerprint);
  Json properties = {{"unknown", finding.unknown}, {"transient", finding.transient}, {"evidence", finding.evidence}};
  if (finding.harm) properties["harm"] = std::string(hints::Word(*finding.harm));
  if (finding.expected_duration) properties["expectedSeconds"] = absl::ToDoubleSeconds(*finding.expected_duration);
  const Json location = {{"artifactLocation", {{"uri", FileUri(hint.file)}}}, {"region", {{"startLine", hint.line}}}};
  return {{"ruleId", finding.rule},
          {"ruleIndex", IndexOf(finding.rule)},
          {"level", finding.effect == hints::Effect::kBlock ? "error" : "warning"},
          {"message", {{"text", text}}},
          {"locations", Json::array({{{"physicalLocation", location}}})},
          {"partialFingerprints", {{"hint/v1", fingerprint}}},
          {"properties", std::move(properties)}};
}

}  // namespace

std::string SarifReport(const Report& report) {
  Json results = Json::array();
  std::set<std::string> fingerprints;
  for (const hints::Finding& finding : report.evaluation.findings) {
    results.push_back(ResultJson(report, finding, &fingerprints));
  }
  const Json driver = {{"name", "dba-agent check"}, {"semanticVersion", std::string(Version())}, {"rules", Rules()}};
  const Json invocation = {
      {"executionSuccessful", true},
      {"endTimeUtc", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", report.checked_at, absl::UTCTimeZone())}};
  const Json run = {{"tool", {{"driver", driver}}},
                    {"invocations", Json::array({invocation})},
                    {"columnKind", "utf16CodeUnits"},
                    {"results", std::move(results)}};
  const Json sarif = {{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", Json::array({run})}};
  return absl::StrCat(DumpJson(sarif), "\n");
}

}  // namespace dba::agent::check
