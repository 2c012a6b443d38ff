// SPDX-License-Identifier: Apache-2.0
//
// The agent's words for a database: what the RPCs and the engines both speak. Plain values, no I/O.
#ifndef DBA_DBAGENT_DB_TYPES_H_
#define DBA_DBAGENT_DB_TYPES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/secret.h"

namespace dba::agent {

enum class Engine { kPostgresql, kMysql, kMariadb };

// How the connection to the database is protected; the weaker modes are chosen by name, never fallen back to.
enum class TlsMode { kVerifyFull, kVerifyCa, kRequire, kDisable };

struct ServerInfo {
  Engine engine = Engine::kPostgresql;
  std::string version;   // as the server says it
  std::string identity;  // of the server's data; empty when the admin account may not read it
  std::string host;
  uint16_t port = 0;
  std::string database;
};

struct SchemaVersion {
  enum class State { kKnown, kNone, kDirty, kUnknown };
  State state = State::kUnknown;
  std::vector<std::string> versions;  // sorted bytewise
  std::string detail;
};

enum class AccountKind { kApplication, kMigrator };
enum class Privileges { kReadWrite, kReadOnly };

// A right beyond those of an account's kind, in the words of agent.proto.
struct ExtraGrant {
  std::vector<std::string> privileges;
  std::string kind;
  std::string name;  // "name" or "schema.name"; empty for Database
};

// One account, and the epoch of whoever changes it; 0 is not compared (agent.proto, "The fence").
struct AccountRef {
  std::string owner;
  std::string name;
  uint64_t epoch = 0;
};

struct AccountSpec {
  std::string owner;
  std::string name;
  uint64_t epoch = 0;
  AccountKind kind = AccountKind::kApplication;
  std::string version;
  Secret password;
  Privileges privileges = Privileges::kReadWrite;  // kApplication only
  std::vector<ExtraGrant> extra_grants;            // kApplication only
  std::optional<absl::Duration> lock_timeout;      // kMigrator only
  uint32_t connection_limit = 0;                   // kMigrator only; sessions at once, 0: no limit
  bool replace_password = false;                   // of an account that exists
};

// One attempt of a migration that wants to start.
struct MigrationStart {
  std::string owner;
  uint64_t epoch = 0;
  std::vector<std::string> expected_versions;  // what the version table must say; sorted
};

struct Session {
  std::string id;
  std::string client;
  std::string application;
  absl::Time since = absl::InfinitePast();  // infinite past: the server does not tell
};

struct Account {
  std::string name;
  AccountKind kind = AccountKind::kApplication;
  std::string version;
  bool locked = false;
  std::vector<Session> sessions;
  uint32_t prepared_transactions = 0;
  std::vector<std::string> obstacles;  // what else keeps a locked account from being dropped
};

struct AccountList {
  std::vector<Account> accounts;  // sorted by name
  uint32_t logins_in_flight = 0;
  uint64_t epoch = 0;  // the highest that changed something for the owner; 0: none did
};

struct ProbeResult {
  enum class Outcome { kLoggedIn, kRefused, kLocked };
  Outcome outcome = Outcome::kRefused;
  std::string detail;  // the server's message; never the password
};

// One SELECT, run where it can change nothing.
struct SelectRequest {
  std::string sql;
  size_t max_rows = 100;
  size_t max_value_bytes = 1024;
};

struct RowSet {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;  // nullopt: SQL NULL
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_TYPES_H_
