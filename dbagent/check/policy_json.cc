// SPDX-License-Identifier: Apache-2.0
#include "dbagent/check/policy_json.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/status_macros.h"
#include "dbagent/hints/hint.h"
#include "dbagent/hints/rule.h"

namespace dba::agent::check {
namespace {

using hints::Mode;
using Names = std::vector<absl::string_view>;

// A JSON object and where it is: "tables[0].".
struct Part {
  const Json& object;
  std::string path;
};

absl::Status Bad(const Part& part, absl::string_view field, absl::string_view wanted) {
  return absl::InvalidArgumentError(absl::StrCat(part.path, field, " must be ", wanted));
}

absl::Status HasOnly(const Part& part, const Names& fields) {
  for (const auto& item : part.object.items()) {
    if (absl::c_linear_search(fields, item.key())) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("there is no field ", part.path, item.key(), "; the fields are ", absl::StrJoin(fields, ", ")));
  }
  return absl::OkStatus();
}

// The object at `field`, an empty one when it is absent.
absl::StatusOr<Part> PartOf(const Part& part, const char* field) {
  static const auto* const kEmpty = new Json(Json::object());
  const Json* value = FindJson(part.object, {field});
  if (value == nullptr) return Part{*kEmpty, ""};
  if (!value->is_object()) return Bad(part, field, "an object");
  return Part{*value, absl::StrCat(part.path, field, ".")};
}

absl::StatusOr<std::vector<Part>> PartsOf(const Part& part, const char* field) {
  std::vector<Part> parts;
  const Json* list = FindJson(part.object, {field});
  if (list == nullptr) return parts;
  if (!list->is_array()) return Bad(part, field, "a list");
  for (const Json& item : *list) {
    const std::string path = absl::StrCat(part.path, field, "[", parts.size(), "]");
    if (!item.is_object()) return absl::InvalidArgumentError(absl::StrCat(path, " must be an object"));
    parts.push_back({item, path + "."});
  }
  return parts;
}

absl::StatusOr<std::optional<Mode>> ModeOf(const Part& part, const char* field) {
  const Json* value = FindJson(part.object, {field});
  if (value == nullptr) return std::optional<Mode>();
  if (*value == "Block") return std::optional<Mode>(Mode::kBlock);
  if (*value == "Warn") return std::optional<Mode>(Mode::kWarn);
  // Without quotes YAML 1.1 reads Off as false.
  if (*value == "Off" || *value == Json(false)) return std::optional<Mode>(Mode::kOff);
  return Bad(part, field, "Block, Warn or Off");
}

absl::StatusOr<std::string> TextOf(const Part& part, const char* field) {
  const Json* value = FindJson(part.object, {field});
  if (value == nullptr || !value->is_string() || *value == "") return Bad(part, field, "a text");
  return *value->get_ptr<const std::string*>();
}

absl::StatusOr<absl::Duration> DurationOf(const Part& part, const char* field, absl::Duration fallback) {
  const Json* value = FindJson(part.object, {field});
  if (value == nullptr) return fallback;
  absl::Duration duration;
  if (!value->is_string() || !absl::ParseDuration(*value->get_ptr<const std::string*>(), &duration) ||
      duration < absl::ZeroDuration() || duration > absl::Hours(24)) {
    return Bad(part, field, "a duration from 0s to 24h, such as 30s or 5m");
  }
  return duration;
}

// A number, or a Kubernetes quantity without milli-units: 1073741824, "1Gi", "500M".
std::optional<double> Amount(const Json& value) {
  static constexpr std::pair<const char*, double> kUnits[] = {
      {"Ki", 1024.0}, {"Mi", 1048576.0}, {"Gi", 1073741824.0}, {"Ti", 1099511627776.0},
      {"k", 1e3},     {"M", 1e6},        {"G", 1e9},           {"T", 1e12}};
  double amount = 0;
  if (value.is_number()) {
    amount = value.get<double>();
  } else if (value.is_string()) {
    absl::string_view text = *value.get_ptr<const std::string*>();
    double factor = 1;
    for (const auto& [suffix, size] : kUnits) {
      if (!absl::ConsumeSuffix(&text, suffix)) continue;
      factor = size;
      break;
    }
    if (!absl::SimpleAtod(text, &amount)) return std::nullopt;
    amount *= factor;
  } else {
    return std::nullopt;
  }
  if (!std::isfinite(amount) || amount < 0 || amount > 9e18) return std::nullopt;
  return amount;
}

absl::StatusOr<double> AmountOf(const Part& part, const char* field, const char* wanted, double fallback) {
  const Json* value = FindJson(part.object, {field});
  if (value == nullptr) return fallback;
  const std::optional<double> amount = Amount(*value);
  if (!amount) return Bad(part, field, wanted);
  return *amount > 0 ? *amount : fallback;
}

absl::StatusOr<hints::Thresholds> ThresholdsOf(const Part& part, hints::Thresholds thresholds,
                                               const Names& fields_of_writes) {
  DBA_ASSIGN_OR_RETURN(const Part large, PartOf(part, "largeTable"));
  DBA_RETURN_IF_ERROR(HasOnly(large, {"rows", "bytes"}));
  DBA_ASSIGN_OR_RETURN(thresholds.large_rows, AmountOf(large, "rows", "a number of rows", thresholds.large_rows));
  DBA_ASSIGN_OR_RETURN(const double bytes, AmountOf(large, "bytes", "bytes, such as 1073741824 or 1Gi",
                                                    static_cast<double>(thresholds.large_bytes)));
  thresholds.large_bytes = static_cast<int64_t>(bytes);
  DBA_ASSIGN_OR_RETURN(const Part writes, PartOf(part, "heavyWrites"));
  DBA_RETURN_IF_ERROR(HasOnly(writes, fields_of_writes));
  DBA_ASSIGN_OR_RETURN(
      thresholds.heavy_writes_per_second,
      AmountOf(writes, "rowsPerSecond", "a number of rows a second", thresholds.heavy_writes_per_second));
  return thresholds;
}

absl::Status ReadRules(const Part& part, hints::Policy* policy) {
  DBA_ASSIGN_OR_RETURN(const std::vector<Part> rules, PartsOf(part, "rules"));
  for (const Part& rule : rules) {
    DBA_RETURN_IF_ERROR(HasOnly(rule, {"rule", "mode"}));
    DBA_ASSIGN_OR_RETURN(const std::string id, TextOf(rule, "rule"));
    if (hints::FindRule(id) == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(rule.path, "rule: there is no rule ", id, "; see docs/hints.md"));
    }
    DBA_ASSIGN_OR_RETURN(const std::optional<Mode> mode, ModeOf(rule, "mode"));
    if (!mode) return Bad(rule, "mode", "Block, Warn or Off");
    policy->rules[id] = *mode;
  }
  return absl::OkStatus();
}

absl::Status ReadTables(const Part& part, hints::Policy* policy) {
  DBA_ASSIGN_OR_RETURN(const std::vector<Part> tables, PartsOf(part, "tables"));
  for (const Part& table : tables) {
    DBA_RETURN_IF_ERROR(HasOnly(table, {"table", "mode", "largeTable", "heavyWrites"}));
    DBA_ASSIGN_OR_RETURN(const std::string text, TextOf(table, "table"));
    DBA_ASSIGN_OR_RETURN(const TableName name, hints::ReadTableName(text));
    hints::TableOverride& one = policy->tables[hints::FormatTableName(name)];
    DBA_ASSIGN_OR_RETURN(one.mode, ModeOf(table, "mode"));
    DBA_ASSIGN_OR_RETURN(one.thresholds, ThresholdsOf(table, policy->thresholds, {"rowsPerSecond"}));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<hints::Policy> PolicyFromJson(const Json& hints) {
  if (!hints.is_object()) return absl::InvalidArgumentError("the policy must be an object");
  const Part root{hints, ""};
  DBA_RETURN_IF_ERROR(
      HasOnly(root, {"mode", "onUnknown", "largeTable", "heavyWrites", "probeTimeout", "rules", "tables"}));
  hints::Policy policy;
  DBA_ASSIGN_OR_RETURN(const std::optional<Mode> mode, ModeOf(root, "mode"));
  DBA_ASSIGN_OR_RETURN(const std::optional<Mode> on_unknown, ModeOf(root, "onUnknown"));
  policy.mode = mode.value_or(policy.mode);
  policy.on_unknown = on_unknown.value_or(policy.on_unknown);
  DBA_ASSIGN_OR_RETURN(policy.thresholds, ThresholdsOf(root, policy.thresholds, {"rowsPerSecond", "window"}));
  DBA_ASSIGN_OR_RETURN(const Part writes, PartOf(root, "heavyWrites"));
  DBA_ASSIGN_OR_RETURN(policy.write_window, DurationOf(writes, "window", policy.write_window));
  if (policy.write_window <= absl::ZeroDuration()) return Bad(writes, "window", "longer than 0s");
  DBA_ASSIGN_OR_RETURN(policy.probe_timeout, DurationOf(root, "probeTimeout", policy.probe_timeout));
  DBA_RETURN_IF_ERROR(ReadRules(root, &policy));
  DBA_RETURN_IF_ERROR(ReadTables(root, &policy));
  return policy;
}

}  // namespace dba::agent::check
