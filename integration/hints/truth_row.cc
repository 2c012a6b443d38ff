// SPDX-License-Identifier: Apache-2.0
#include "integration/hints/truth_row.h"

#include <nlohmann/json.hpp>

#include "absl/status/status.h"

namespace dba::hints {

std::string ToJson(const TruthRow& row) {
  nlohmann::ordered_json said = nlohmann::ordered_json::array();
  for (const Said& finding : row.said) {
    said.push_back(
        {{"rule", finding.rule}, {"harm", finding.harm}, {"unknown", finding.unknown}, {"message", finding.message}});
  }
  const nlohmann::ordered_json object = {{"server", row.server},
                                         {"id", row.id},
                                         {"harms", row.harms},
                                         {"rows", row.rows},
                                         {"ddl_ms", row.ddl_ms},
                                         {"write_stall_ms", row.write_stall_ms},
                                         {"read_stall_ms", row.read_stall_ms},
                                         {"rewritten", row.rewritten},
                                         {"error", row.error},
                                         {"old_writer", row.old_writer},
                                         {"unverified", row.unverified},
                                         {"asked", row.asked},
                                         {"check_error", row.check_error},
                                         {"check_ms", row.check_ms},
                                         {"said", said},
                                         {"note", row.note}};
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

absl::StatusOr<TruthRow> FromJson(const std::string& line) {
  TruthRow row;
  try {
    const nlohmann::json object = nlohmann::json::parse(line);
    object.at("server").get_to(row.server);
    object.at("id").get_to(row.id);
    object.at("harms").get_to(row.harms);
    object.at("rows").get_to(row.rows);
    object.at("ddl_ms").get_to(row.ddl_ms);
    object.at("write_stall_ms").get_to(row.write_stall_ms);
    object.at("read_stall_ms").get_to(row.read_stall_ms);
    object.at("rewritten").get_to(row.rewritten);
    object.at("error").get_to(row.error);
    object.at("old_writer").get_to(row.old_writer);
    object.at("unverified").get_to(row.unverified);
    object.at("asked").get_to(row.asked);
    object.at("check_error").get_to(row.check_error);
    object.at("check_ms").get_to(row.check_ms);
    object.at("note").get_to(row.note);
    for (const nlohmann::json& finding : object.at("said")) {
      row.said.push_back({finding.at("rule"), finding.at("harm"), finding.at("message"), finding.at("unknown")});
    }
  } catch (const nlohmann::json::exception& error) {
    return absl::InvalidArgumentError(error.what());
  }
  return row;
}

}  // namespace dba::hints
