// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/json_fields.h"

namespace dba::agent {

std::string TextField(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get_ref<const std::string&>() : "";
}

bool FlagField(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_boolean() && *found->get_ptr<const Json::boolean_t*>();
}

double NumberField(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->get<double>() : 0;
}

const Json& ListField(const Json& json, const char* key) {
  static const Json& empty = *new Json(Json::array());
  const auto found = json.find(key);
  return found != json.end() && found->is_array() ? *found : empty;
}

std::vector<std::string> TextsField(const Json& json, const char* key) {
  std::vector<std::string> texts;
  for (const Json& item : ListField(json, key)) {
    texts.push_back(item.is_string() ? item.get_ref<const std::string&>() : "");
  }
  return texts;
}

}  // namespace dba::agent
