// SPDX-License-Identifier: Apache-2.0
//
// Fields of the JSON that our own SQL makes: absent and null ones are empty. Pure.
#ifndef DBA_DBAGENT_DB_POSTGRES_JSON_FIELDS_H_
#define DBA_DBAGENT_DB_POSTGRES_JSON_FIELDS_H_

#include <string>
#include <vector>

#include "common/json.h"

namespace dba::agent {

std::string TextField(const Json& json, const char* key);
bool FlagField(const Json& json, const char* key);
double NumberField(const Json& json, const char* key);
const Json& ListField(const Json& json, const char* key);
std::vector<std::string> TextsField(const Json& json, const char* key);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_POSTGRES_JSON_FIELDS_H_
