// SPDX-License-Identifier: Apache-2.0
#include "controller/api/hint_policy.h"

#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/json.h"
#include "common/status_macros.h"
#include "controller/api/fields.h"

namespace dba::api {
namespace {

absl::StatusOr<HintMode> GetMode(const Json& root, absl::string_view field, HintMode fallback) {
  DBA_ASSIGN_OR_RETURN(const std::string text, GetStringOr(root, {field}, ""));
  if (text.empty()) return fallback;
  if (text == "Block") return HintMode::kBlock;
  if (text == "Warn") return HintMode::kWarn;
  if (text == "Off") return HintMode::kOff;
  return absl::InvalidArgumentError(absl::StrCat("spec.hints: ", field, " is \"", text, "\"; use Block, Warn or Off"));
}

// Bytes as a resource.Quantity of Kubernetes without milli-units: 1073741824, "1Gi", "500M".
absl::StatusOr<int64_t> ParseBytes(const Json& value) {
  static constexpr struct {
    const char* suffix;
    double factor;
  } kUnits[] = {{"Ki", 1024.0}, {"Mi", 1048576.0}, {"Gi", 1073741824.0}, {"Ti", 1099511627776.0},
                {"k", 1e3},     {"M", 1e6},        {"G", 1e9},           {"T", 1e12}};
  if (value.is_number_integer() && value.get<int64_t>() >= 0) return value.get<int64_t>();
  if (value.is_string()) {
    const std::string text = value.get<std::string>();
    absl::string_view number = text;
    double factor = 1;
    for (const auto& unit : kUnits) {
      if (!absl::ConsumeSuffix(&number, unit.suffix)) continue;
      factor = unit.factor;
      break;
    }
    double amount = 0;
    if (absl::SimpleAtod(number, &amount) && amount >= 0 && amount * factor < 9e18) {
      return static_cast<int64_t>(std::llround(amount * factor));
    }
  }
  return absl::InvalidArgumentError("spec.hints: largeTable.bytes must be bytes, such as 1073741824 or \"1Gi\"");
}

absl::Status ParseThresholds(const Json& root, TableThresholds& thresholds) {
  DBA_ASSIGN_OR_RETURN(thresholds.large_rows, GetIntOr(root, {"largeTable", "rows"}, 0));
  if (const Json* bytes = FindJson(root, {"largeTable", "bytes"})) {
    DBA_ASSIGN_OR_RETURN(thresholds.large_bytes, ParseBytes(*bytes));
  }
  const Json* rate = FindJson(root, {"heavyWrites", "rowsPerSecond"});
  if (rate == nullptr) return absl::OkStatus();
  if (!rate->is_number() || rate->get<double>() < 0) {
    return absl::InvalidArgumentError("spec.hints: heavyWrites.rowsPerSecond must be a number that is not negative");
  }
  thresholds.heavy_writes_per_second = rate->get<double>();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<HintPolicy> ParseHintPolicy(const Json& spec) {
  HintPolicy policy;
  const Json* hints = FindJson(spec, {"hints"});
  if (hints == nullptr) return policy;
  DBA_ASSIGN_OR_RETURN(policy.mode, GetMode(*hints, "mode", policy.mode));
  DBA_ASSIGN_OR_RETURN(policy.on_unknown, GetMode(*hints, "onUnknown", policy.on_unknown));
  DBA_RETURN_IF_ERROR(ParseThresholds(*hints, policy.thresholds));
  DBA_ASSIGN_OR_RETURN(policy.write_window, GetDurationOr(*hints, {"heavyWrites", "window"}, policy.write_window));
  DBA_ASSIGN_OR_RETURN(policy.probe_timeout, GetDurationOr(*hints, {"probeTimeout"}, policy.probe_timeout));
  DBA_ASSIGN_OR_RETURN(const Json* rules, GetArrayOrEmpty(*hints, {"rules"}));
  for (const Json& rule : *rules) {
    HintRuleMode mode;
    DBA_ASSIGN_OR_RETURN(mode.rule, GetString(rule, {"rule"}));
    DBA_ASSIGN_OR_RETURN(mode.mode, GetMode(rule, "mode", HintMode::kUnspecified));
    policy.rules.push_back(std::move(mode));
  }
  DBA_ASSIGN_OR_RETURN(const Json* tables, GetArrayOrEmpty(*hints, {"tables"}));
  for (const Json& table : *tables) {
    HintTableOverride one;
    DBA_ASSIGN_OR_RETURN(one.table, GetString(table, {"table"}));
    DBA_ASSIGN_OR_RETURN(one.mode, GetMode(table, "mode", HintMode::kUnspecified));
    DBA_RETURN_IF_ERROR(ParseThresholds(table, one.thresholds));
    policy.tables.push_back(std::move(one));
  }
  return policy;
}

}  // namespace dba::api
