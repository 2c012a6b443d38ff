// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints_convert.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status_macros.h"
#include "google/protobuf/util/time_util.h"

namespace dba::agent {
namespace {

using google::protobuf::util::TimeUtil;
using hints::Mode;

constexpr int kDeepest = 8;
constexpr size_t kMostBytes = 64 << 10;

absl::StatusOr<Json> FromValue(const google::protobuf::Value& value, int depth, size_t* bytes);

absl::StatusOr<Json> FromStruct(const google::protobuf::Struct& message, int depth, size_t* bytes) {
  if (depth > kDeepest) return absl::InvalidArgumentError("the hint is nested too deeply");
  Json object = Json::object();
  for (const auto& [key, value] : message.fields()) {
    *bytes += key.size();
    DBA_ASSIGN_OR_RETURN(object[key], FromValue(value, depth + 1, bytes));
  }
  return object;
}

absl::StatusOr<Json> FromList(const google::protobuf::ListValue& list, int depth, size_t* bytes) {
  if (depth > kDeepest) return absl::InvalidArgumentError("the hint is nested too deeply");
  Json array = Json::array();
  for (const auto& value : list.values()) {
    DBA_ASSIGN_OR_RETURN(Json item, FromValue(value, depth + 1, bytes));
    array.push_back(std::move(item));
  }
  return array;
}

absl::StatusOr<Json> FromValue(const google::protobuf::Value& value, int depth, size_t* bytes) {
  *bytes += 8;
  switch (value.kind_case()) {
    case google::protobuf::Value::kNumberValue:
      return Json(value.number_value());
    case google::protobuf::Value::kStringValue:
      *bytes += value.string_value().size();
      if (*bytes > kMostBytes) return absl::InvalidArgumentError("the hint holds more than 64 KiB of text");
      return Json(value.string_value());
    case google::protobuf::Value::kBoolValue:
      return Json(value.bool_value());
    case google::protobuf::Value::kStructValue:
      return FromStruct(value.struct_value(), depth, bytes);
    case google::protobuf::Value::kListValue:
      return FromList(value.list_value(), depth, bytes);
    default:
      return Json();
  }
}

std::optional<Mode> FromProto(v1::HintPolicy::Mode mode) {
  switch (mode) {
    case v1::HintPolicy::MODE_BLOCK:
      return Mode::kBlock;
    case v1::HintPolicy::MODE_WARN:
      return Mode::kWarn;
    case v1::HintPolicy::MODE_OFF:
      return Mode::kOff;
    default:
      return std::nullopt;
  }
}

hints::Thresholds FromProto(const v1::TableThresholds& message, hints::Thresholds thresholds) {
  if (message.large_rows() > 0) thresholds.large_rows = static_cast<double>(message.large_rows());
  if (message.large_bytes() > 0) thresholds.large_bytes = message.large_bytes();
  if (message.heavy_writes_per_second() > 0) thresholds.heavy_writes_per_second = message.heavy_writes_per_second();
  return thresholds;
}

absl::Duration FromProto(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

google::protobuf::Duration DurationToProto(absl::Duration duration) {
  return TimeUtil::NanosecondsToDuration(absl::ToInt64Nanoseconds(std::min(duration, absl::Hours(24 * 365))));
}

v1::Finding::Confidence ToProto(hints::Confidence confidence) {
  switch (confidence) {
    case hints::Confidence::kLow:
      return v1::Finding::CONFIDENCE_LOW;
    case hints::Confidence::kMedium:
      return v1::Finding::CONFIDENCE_MEDIUM;
    case hints::Confidence::kHigh:
      return v1::Finding::CONFIDENCE_HIGH;
  }
  return v1::Finding::CONFIDENCE_UNSPECIFIED;
}

}  // namespace

absl::StatusOr<Json> JsonFromStruct(const google::protobuf::Struct& message) {
  size_t bytes = 0;
  return FromStruct(message, 0, &bytes);
}

std::vector<absl::StatusOr<hints::Hint>> HintsFromProto(const v1::CheckHintsRequest& request) {
  std::vector<absl::StatusOr<hints::Hint>> hints;
  for (const google::protobuf::Struct& message : request.hints()) {
    const absl::StatusOr<Json> json = JsonFromStruct(message);
    hints.push_back(json.ok() ? hints::ParseHint(*json) : absl::StatusOr<hints::Hint>(json.status()));
  }
  return hints;
}

absl::StatusOr<hints::Policy> PolicyFromProto(const v1::HintPolicy& message) {
  hints::Policy policy;
  policy.mode = FromProto(message.mode()).value_or(policy.mode);
  policy.on_unknown = FromProto(message.on_unknown()).value_or(policy.on_unknown);
  policy.thresholds = FromProto(message.thresholds(), policy.thresholds);
  if (message.has_write_window()) policy.write_window = FromProto(message.write_window());
  if (message.has_probe_timeout()) policy.probe_timeout = FromProto(message.probe_timeout());
  if (policy.write_window <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("policy.write_window must be longer than 0 s");
  }
  for (const auto& rule : message.rules()) {
    if (const std::optional<Mode> mode = FromProto(rule.mode()); mode) policy.rules[rule.rule()] = *mode;
  }
  for (const auto& table : message.tables()) {
    DBA_ASSIGN_OR_RETURN(const TableName name, hints::ReadTableName(table.table()));
    policy.tables[hints::FormatTableName(name)] = {FromProto(table.mode()),
                                                   FromProto(table.thresholds(), policy.thresholds)};
  }
  return policy;
}

v1::Finding ToProto(const hints::Finding& finding) {
  v1::Finding message;
  message.set_rule(finding.rule);
  if (finding.harm) message.set_harm(std::string(hints::Word(*finding.harm)));
  message.set_effect(finding.effect == hints::Effect::kBlock ? v1::Finding::EFFECT_BLOCK : v1::Finding::EFFECT_WARN);
  message.set_confidence(ToProto(finding.confidence));
  message.set_unknown(finding.unknown);
  message.set_transient(finding.transient);
  message.set_hint(static_cast<uint32_t>(finding.hint));
  message.set_scenario(static_cast<uint32_t>(finding.scenario));
  message.set_table(finding.table);
  for (const std::string& column : finding.columns) message.add_columns(column);
  message.set_message(finding.message);
  message.set_remedy(finding.remedy);
  if (finding.expected_duration) {
    *message.mutable_expected_duration() = DurationToProto(*finding.expected_duration);
  }
  for (const auto& [key, value] : finding.evidence) (*message.mutable_evidence())[key] = value;
  return message;
}

v1::CheckHintsResponse::Applied ToProto(hints::Applied applied) {
  switch (applied) {
    case hints::Applied::kNo:
      return v1::CheckHintsResponse::APPLIED_NO;
    case hints::Applied::kYes:
      return v1::CheckHintsResponse::APPLIED_YES;
    case hints::Applied::kUnknown:
      return v1::CheckHintsResponse::APPLIED_UNKNOWN;
  }
  return v1::CheckHintsResponse::APPLIED_UNSPECIFIED;
}

v1::TableFacts ToProto(const hints::TableFacts& facts) {
  v1::TableFacts message;
  message.set_table(hints::FormatTableName(facts.requested));
  message.set_exists(facts.exists());
  if (!facts.exists()) return message;
  std::vector<std::string> unknown;
  const auto note = [&](const char* what, const std::string& why) {
    if (!why.empty()) unknown.push_back(absl::StrCat(what, ": ", why));
  };
  note("rows", facts.rows.why());
  note("bytes", facts.bytes.why());
  note("writes", facts.writes.why());
  note("locks", facts.lock_holders.why());
  message.set_rows(facts.rows.value_or(-1));
  message.set_bytes(facts.bytes.value_or(-1));
  message.set_writes_per_second(facts.writes.known() ? facts.writes->per_second : -1);
  if (facts.writes.known()) *message.mutable_window() = DurationToProto(facts.writes->window);
  if (facts.lock_holders.known()) {
    uint32_t waiters = 0;
    absl::Duration longest = absl::ZeroDuration();
    for (const hints::LockHolder& holder : *facts.lock_holders) {
      waiters += holder.waiting ? 1 : 0;
      if (!holder.waiting) longest = std::max(longest, holder.age);
    }
    message.set_lock_waiters(waiters);
    *message.mutable_longest_transaction() = DurationToProto(longest);
  }
  message.set_unknown(absl::StrJoin(unknown, "; "));
  return message;
}

}  // namespace dba::agent
