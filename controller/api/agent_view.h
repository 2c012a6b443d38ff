// SPDX-License-Identifier: Apache-2.0
//
// What a database agent reported, as plain values (proto/dbaoperator/agent/v1 has the meaning of each field).
#ifndef DBA_CONTROLLER_API_AGENT_VIEW_H_
#define DBA_CONTROLLER_API_AGENT_VIEW_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace dba::api {

enum class Engine { kUnknown, kPostgresql, kMysql, kMariadb };

struct SchemaVersion {
  enum class State { kKnown, kNone, kDirty, kUnknown };
  State state = State::kUnknown;
  std::vector<std::string> versions;  // sorted
  std::string detail;
};

struct DatabaseView {
  Engine engine = Engine::kUnknown;
  std::string server_version;
  std::string identity;
  std::string host;
  int port = 0;
  std::string database;
  SchemaVersion schema_version;
  std::string data_metrics_digest;
};

enum class AccountKind { kApplication, kMigrator };

struct Session {
  std::string id;
  std::string client;
  std::string application;
  absl::Time since;
};

struct Account {
  std::string name;
  AccountKind kind = AccountKind::kApplication;
  std::string version;
  bool locked = false;
  std::vector<Session> sessions;
  int prepared_transactions = 0;
  std::vector<std::string> obstacles;  // what else keeps a locked account from being dropped
};

struct AccountsView {
  std::vector<Account> accounts;
  int logins_in_flight = 0;
  uint64_t epoch = 0;  // the highest that changed something for the owner; 0: this database does not know the owner
};

}  // namespace dba::api

#endif  // DBA_CONTROLLER_API_AGENT_VIEW_H_
