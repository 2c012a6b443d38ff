// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_facts_json.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dbagent/db/postgres/json_fields.h"

namespace dba::agent {

void PgServerFromJson(const Json& json, hints::HintFacts* facts) {
  facts->server.engine = Engine::kPostgresql;
  facts->server.version = static_cast<int>(NumberField(json, "version"));
  facts->server.version_text = TextField(json, "version_text");
  facts->server.standby = FlagField(json, "standby");
  for (const char* setting : {"max_connections", "lock_timeout", "timezone", "track_counts"}) {
    facts->server.settings[setting] = TextField(json, setting);
  }
  facts->sampled_at = absl::FromUnixMicros(static_cast<int64_t>(NumberField(json, "now") * 1e6));
  const auto types = json.find("types");
  if (types != json.end() && types->is_object()) {
    for (const auto& [written, type] : types->items()) {
      const std::string kind = TextField(type, "kind");
      facts->types[written] = {TextField(type, "canonical"), FlagField(type, "constrained"),
                               kind.empty() ? 'b' : kind[0]};
    }
  }
  const auto functions = json.find("functions");
  if (functions != json.end() && functions->is_object()) {
    for (const auto& [name, level] : functions->items()) {
      const double number = level.is_number() ? level.get<double>() : 3;
      facts->functions[name] = number >= 3   ? hints::Volatility::kVolatile
                               : number >= 2 ? hints::Volatility::kStable
                                             : hints::Volatility::kImmutable;
    }
  }
  for (const Json& relation : ListField(json, "relations")) {
    facts->relations[absl::StrCat(TextField(relation, "schema"), ".", TextField(relation, "name"))] =
        TextField(relation, "table");
  }
}

hints::LockHolder PgLockHolderFromJson(const Json& json) {
  hints::LockHolder holder;
  holder.session = TextField(json, "pid");
  holder.user = TextField(json, "user");
  holder.application = TextField(json, "application");
  holder.mode = TextField(json, "mode");
  holder.age = absl::Seconds(std::max(0.0, NumberField(json, "age")));
  holder.waiting = json.contains("granted") && !FlagField(json, "granted");
  holder.strong = holder.mode == "ShareLock" || holder.mode == "ShareRowExclusiveLock" ||
                  holder.mode == "ExclusiveLock" || holder.mode == "AccessExclusiveLock";
  holder.writes = holder.mode == "RowExclusiveLock" || holder.strong;
  const std::string state = TextField(json, "state");
  if (FlagField(json, "prepared")) {
    holder.kind = "prepared transaction";
  } else if (TextField(json, "backend") == "autovacuum worker") {
    holder.kind = FlagField(json, "wraparound") ? "autovacuum to prevent wraparound" : "autovacuum";
  } else if (holder.strong) {
    holder.kind = "DDL";
  } else {
    holder.kind = absl::StartsWith(state, "idle in transaction") ? "idle in transaction" : "transaction";
  }
  return holder;
}

std::string PgArray(const std::vector<std::string>& items) {
  std::string array = "{";
  for (const std::string& item : items) {
    if (array.size() > 1) array += ",";
    array += "\"";
    for (const char c : item) {
      if (c == '"' || c == '\\') array += '\\';
      array += c;
    }
    array += "\"";
  }
  return array + "}";
}

}  // namespace dba::agent
