// SPDX-License-Identifier: Apache-2.0
#include "controller/api/hint_status.h"

#include "common/json.h"
#include "controller/api/fields.h"
#include "controller/api/meta.h"

namespace dba::api {
namespace {

std::string Text(const Json& root, JsonPath path) { return GetStringOr(root, path, "").value_or(""); }

}  // namespace

std::vector<FindingStatus> ParseFindings(const Json& status) {
  std::vector<FindingStatus> findings;
  const Json* array = FindJson(status, {"findings"});
  if (array == nullptr || !array->is_array()) return findings;
  for (const Json& entry : *array) {
    findings.push_back({Text(entry, {"rule"}), Text(entry, {"harm"}), Text(entry, {"effect"}),
                        Text(entry, {"confidence"}), Text(entry, {"table"}), GetStrings(entry, {"columns"}),
                        Text(entry, {"message"}), Text(entry, {"remedy"})});
  }
  return findings;
}

std::optional<Acknowledgement> ParseAcknowledgement(const Json& status) {
  const Json* found = FindJson(status, {"acknowledgement"});
  if (found == nullptr) return std::nullopt;
  return Acknowledgement{Text(*found, {"migration"}), Text(*found, {"digest"}), Text(*found, {"by"}),
                         Text(*found, {"reason"}), TimeFromText(Text(*found, {"at"}))};
}

Json ToJson(const std::vector<FindingStatus>& findings) {
  Json array = Json::array();
  for (const FindingStatus& finding : findings) {
    Json entry = {{"rule", finding.rule},     {"harm", finding.harm},
                  {"effect", finding.effect}, {"confidence", finding.confidence},
                  {"table", finding.table},   {"message", finding.message}};
    if (!finding.columns.empty()) entry["columns"] = finding.columns;
    if (!finding.remedy.empty()) entry["remedy"] = finding.remedy;
    array.push_back(std::move(entry));
  }
  return array;
}

Json ToJson(const Acknowledgement& acknowledgement) {
  Json value = {{"migration", acknowledgement.migration},
                {"digest", acknowledgement.digest},
                {"by", acknowledgement.by},
                {"at", TimeToText(acknowledgement.at)}};
  if (!acknowledgement.reason.empty()) value["reason"] = acknowledgement.reason;
  return value;
}

}  // namespace dba::api
