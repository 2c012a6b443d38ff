// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "controller/agent/agent_convert.h"

namespace dba::agent {
namespace {

using nlohmann::json;

// The API server lets no object nest deeper than this.
constexpr int kMaxDepth = 64;

void ToProto(const json& value, int depth, google::protobuf::Value& out) {
  if (value.is_boolean()) {
    out.set_bool_value(value.get<bool>());
  } else if (value.is_number()) {
    out.set_number_value(value.get<double>());
  } else if (value.is_string()) {
    out.set_string_value(value.get<std::string>());
  } else if (value.is_array() && depth < kMaxDepth) {
    out.mutable_list_value();
    for (const json& element : value) ToProto(element, depth + 1, *out.mutable_list_value()->add_values());
  } else if (value.is_object() && depth < kMaxDepth) {
    out.mutable_struct_value();
    for (const auto& [key, element] : value.items()) {
      ToProto(element, depth + 1, (*out.mutable_struct_value()->mutable_fields())[key]);
    }
  } else {
    out.set_null_value(google::protobuf::NULL_VALUE);
  }
}

v1::HintPolicy::Mode ToProto(api::HintMode mode) {
  switch (mode) {
    case api::HintMode::kBlock:
      return v1::HintPolicy::MODE_BLOCK;
    case api::HintMode::kWarn:
      return v1::HintPolicy::MODE_WARN;
    case api::HintMode::kOff:
      return v1::HintPolicy::MODE_OFF;
    case api::HintMode::kUnspecified:
      break;
  }
  return v1::HintPolicy::MODE_UNSPECIFIED;
}

void ToProto(const api::TableThresholds& thresholds, v1::TableThresholds& out) {
  out.set_large_rows(thresholds.large_rows);
  out.set_large_bytes(thresholds.large_bytes);
  out.set_heavy_writes_per_second(thresholds.heavy_writes_per_second);
}

std::string ConfidenceName(v1::Finding::Confidence confidence) {
  switch (confidence) {
    case v1::Finding::CONFIDENCE_HIGH:
      return "High";
    case v1::Finding::CONFIDENCE_MEDIUM:
      return "Medium";
    default:
      return "Low";
  }
}

api::Finding FromProto(const v1::Finding& proto) {
  api::Finding finding;
  finding.rule = proto.rule();
  finding.harm = proto.harm();
  // An effect that this controller does not know is read as the stricter one.
  finding.blocks = proto.effect() != v1::Finding::EFFECT_WARN;
  finding.confidence = ConfidenceName(proto.confidence());
  finding.unknown = proto.unknown();
  finding.transient = proto.transient();
  finding.hint = static_cast<int>(proto.hint());
  finding.scenario = static_cast<int>(proto.scenario());
  finding.table = proto.table();
  finding.columns.assign(proto.columns().begin(), proto.columns().end());
  finding.message = proto.message();
  finding.remedy = proto.remedy();
  finding.expected_duration = DurationFromProto(proto.expected_duration());
  finding.evidence.insert(proto.evidence().begin(), proto.evidence().end());
  return finding;
}

}  // namespace

v1::CheckHintsRequest ToProto(const HintRequest& request) {
  v1::CheckHintsRequest proto;
  proto.set_owner(request.owner);
  for (const json& hint : request.hints) {
    google::protobuf::Value value;
    ToProto(hint, 0, value);
    *proto.add_hints() = value.struct_value();
  }
  const api::HintPolicy& policy = request.policy;
  v1::HintPolicy& out = *proto.mutable_policy();
  out.set_mode(ToProto(policy.mode));
  out.set_on_unknown(ToProto(policy.on_unknown));
  ToProto(policy.thresholds, *out.mutable_thresholds());
  *out.mutable_write_window() = DurationToProto(policy.write_window);
  *out.mutable_probe_timeout() = DurationToProto(policy.probe_timeout);
  for (const api::HintRuleMode& rule : policy.rules) {
    v1::HintPolicy::RuleMode& mode = *out.add_rules();
    mode.set_rule(rule.rule);
    mode.set_mode(ToProto(rule.mode));
  }
  for (const api::HintTableOverride& table : policy.tables) {
    v1::HintPolicy::TableOverride& one = *out.add_tables();
    one.set_table(table.table);
    one.set_mode(ToProto(table.mode));
    ToProto(table.thresholds, *one.mutable_thresholds());
  }
  return proto;
}

api::HintReport FromProto(const v1::CheckHintsResponse& response) {
  api::HintReport report;
  for (const v1::Finding& finding : response.findings()) report.findings.push_back(FromProto(finding));
  for (const int applied : response.applied()) {
    report.applied.push_back(applied == v1::CheckHintsResponse::APPLIED_YES  ? api::Applied::kYes
                             : applied == v1::CheckHintsResponse::APPLIED_NO ? api::Applied::kNo
                                                                             : api::Applied::kUnknown);
  }
  report.checked_at = TimeFromProto(response.checked_at());
  return report;
}

}  // namespace dba::agent
