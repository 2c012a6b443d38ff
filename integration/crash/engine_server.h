// SPDX-License-Identifier: Apache-2.0
//
// A private database server of any engine, on which many databases are migrated at the same time.
#ifndef DBA_INTEGRATION_CRASH_ENGINE_SERVER_H_
#define DBA_INTEGRATION_CRASH_ENGINE_SERVER_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "integration/crash/account_log.h"

namespace dba {

// Thread-safe after its start. Codes are those of PostgresEnv and MysqlEnv.
class EngineServer {
 public:
  virtual ~EngineServer() = default;

  // "MariaDB 10.11.14"
  virtual std::string Title() const = 0;
  // Makes an empty database. Returns the keys of an agent's credentials for it.
  virtual absl::StatusOr<std::map<std::string, std::string>> MakeDatabase(const std::string& name) = 0;
  // Runs each statement on its own; the first cell of the last one's result.
  virtual absl::StatusOr<std::string> RunAs(const std::string& user, const std::string& password,
                                            const std::string& database,
                                            const std::vector<std::string>& statements) = 0;
  virtual absl::StatusOr<std::string> RunAsAdmin(const std::string& database, const std::string& statement) = 0;
  // The accounts with the mark of this owner, sorted.
  virtual absl::StatusOr<std::vector<std::string>> AccountsOf(const std::string& owner) = 0;
  // An expression: the texts of `column` in all rows, sorted and with commas.
  virtual std::string Joined(const std::string& column) const = 0;

  AccountLog& log() { return *log_; }

 protected:
  std::unique_ptr<AccountLog> log_;
};

absl::StatusOr<std::unique_ptr<EngineServer>> StartPostgresServer();
absl::StatusOr<std::unique_ptr<EngineServer>> StartMariadbServer();
absl::StatusOr<std::unique_ptr<EngineServer>> StartMysqlServer();

}  // namespace dba

#endif  // DBA_INTEGRATION_CRASH_ENGINE_SERVER_H_
