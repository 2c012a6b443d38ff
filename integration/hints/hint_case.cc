// SPDX-License-Identifier: Apache-2.0
#include "integration/hints/hint_case.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"

namespace dba::hints {
namespace {

using Strings = std::vector<std::string>;

// One string or a list of them; empty when absent.
Strings AsStrings(const YAML::Node& node) {
  Strings strings;
  if (!node) return strings;
  if (node.IsScalar()) return {node.as<std::string>()};
  for (const YAML::Node& entry : node) strings.push_back(entry.as<std::string>());
  return strings;
}

std::string AsString(const YAML::Node& node, const std::string& otherwise = "") {
  return node ? node.as<std::string>() : otherwise;
}

// A plain scalar is a boolean or a number when it looks like one; a quoted one is always text.
google::protobuf::Value ToValue(const YAML::Node& node) {
  google::protobuf::Value value;
  if (node.IsMap()) {
    for (const auto& entry : node) {
      (*value.mutable_struct_value()->mutable_fields())[entry.first.as<std::string>()] = ToValue(entry.second);
    }
  } else if (node.IsSequence()) {
    value.mutable_list_value();
    for (const YAML::Node& entry : node) *value.mutable_list_value()->add_values() = ToValue(entry);
  } else {
    const std::string text = node.as<std::string>();
    double number = 0;
    if (node.Tag() == "?" && (text == "true" || text == "false")) {
      value.set_bool_value(text == "true");
    } else if (node.Tag() == "?" && absl::SimpleAtod(text, &number)) {
      value.set_number_value(number);
    } else {
      value.set_string_value(text);
    }
  }
  return value;
}

// {postgresql: "15-17"} or {mysql: "8.0-"}: the first and the last version.
bool InRange(const std::string& range, int version) {
  const Strings ends = absl::StrSplit(range, '-');
  const auto number = [](const std::string& text, int otherwise, int minor) {
    const Strings parts = absl::StrSplit(text, '.');
    int major = 0;
    if (!absl::SimpleAtoi(parts[0], &major)) return otherwise;
    if (parts.size() > 1) (void)absl::SimpleAtoi(parts[1], &minor);
    return major * 100 + minor;
  };
  return version >= number(ends[0], 0, 0) && (ends.size() < 2 || version <= number(ends[1], 999999, 99));
}

absl::StatusOr<Background> ToBackground(const std::string& word) {
  static const auto* const words = new std::map<std::string, Background>{{"none", Background::kNone},
                                                                         {"heavy_writes", Background::kHeavyWrites},
                                                                         {"long_reader", Background::kLongReader},
                                                                         {"open_writer", Background::kOpenWriter}};
  const auto found = words->find(word);
  if (found == words->end()) return absl::InvalidArgumentError(absl::StrCat("unknown background ", word));
  return found->second;
}

absl::StatusOr<HintCase> ToCase(const YAML::Node& node, const std::string& engine) {
  static const auto* const known = new std::set<std::string>{
      "id",    "engines", "versions", "fixture", "rows",   "background", "backgroundSql", "settings", "restore",
      "setup", "ddl",     "writer",   "reader",  "verify", "hints",      "note",          "analyze"};
  HintCase result;
  result.id = AsString(node["id"]);
  for (const auto& entry : node) {
    const std::string key = entry.first.as<std::string>();
    if (known->count(key) == 0) return absl::InvalidArgumentError(absl::StrCat(result.id, ": unknown word ", key));
  }
  result.fixture = absl::StrCat(engine, "/", AsString(node["fixture"], "image"));
  result.rows = AsString(node["rows"], "small");
  DBA_ASSIGN_OR_RETURN(result.background, ToBackground(AsString(node["background"], "none")));
  result.background_sql = AsString(node["backgroundSql"]);
  result.settings = AsStrings(node["settings"]);
  result.restore = AsStrings(node["restore"]);
  result.setup = AsStrings(node["setup"]);
  result.ddl = AsStrings(node["ddl"]);
  result.writer = AsStrings(node["writer"]);
  result.reader = AsString(node["reader"]);
  result.note = AsString(node["note"]);
  result.analyze = AsString(node["analyze"], "true") == "true";
  for (const YAML::Node& entry : node["verify"]) {
    result.verify.push_back({AsString(entry["sql"]), AsString(entry["harm"])});
  }
  for (const YAML::Node& hint : node["hints"]) result.hints.push_back(ToValue(hint).struct_value());
  if (result.id.empty() || result.ddl.empty() || result.hints.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("case '", result.id, "' needs id, ddl and hints"));
  }
  return result;
}

absl::Status Add(const YAML::Node& root, const std::string& engine, int version, CaseFile* file) {
  for (const auto& entry : root["fixtures"]) {
    const YAML::Node& node = entry.second;
    const Strings engines = AsStrings(node["engines"]);
    if (std::find(engines.begin(), engines.end(), engine) == engines.end()) continue;
    const std::string name = absl::StrCat(engine, "/", AsString(node["name"], entry.first.as<std::string>()));
    file->fixtures[name] = {AsStrings(node["create"]), AsStrings(node["writer"]), AsString(node["reader"]),
                            AsString(node["table"])};
  }
  const Strings engines_of_file = AsStrings(root["engines"]);
  for (const YAML::Node& node : root["cases"]) {
    const Strings engines = node["engines"] ? AsStrings(node["engines"]) : engines_of_file;
    if (std::find(engines.begin(), engines.end(), engine) == engines.end()) continue;
    if (node["versions"] && node["versions"][engine] && !InRange(AsString(node["versions"][engine]), version)) continue;
    DBA_ASSIGN_OR_RETURN(HintCase hint_case, ToCase(node, engine));
    file->cases.push_back(std::move(hint_case));
  }
  return absl::OkStatus();
}

absl::Status Complete(CaseFile* file) {
  std::set<std::string> ids;
  for (HintCase& hint_case : file->cases) {
    if (!ids.insert(hint_case.id).second) return absl::InvalidArgumentError(hint_case.id + " is there twice");
    const auto fixture = file->fixtures.find(hint_case.fixture);
    if (fixture == file->fixtures.end()) {
      return absl::InvalidArgumentError(absl::StrCat(hint_case.id, ": there is no fixture ", hint_case.fixture));
    }
    if (hint_case.writer.empty()) hint_case.writer = fixture->second.writer;
    if (hint_case.reader.empty()) hint_case.reader = fixture->second.reader;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CaseFile> LoadCases(const std::vector<std::string>& paths, const std::string& engine, int version) {
  CaseFile file;
  for (const std::string& path : paths) {
    absl::Status added;
    try {
      added = Add(YAML::LoadFile(path), engine, version, &file);
    } catch (const YAML::Exception& error) {
      added = absl::InvalidArgumentError(error.what());
    }
    if (!added.ok()) return absl::InvalidArgumentError(absl::StrCat(path, ": ", added.message()));
  }
  DBA_RETURN_IF_ERROR(Complete(&file));
  return file;
}

}  // namespace dba::hints
