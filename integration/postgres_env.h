// SPDX-License-Identifier: Apache-2.0
//
// A private PostgreSQL server for tests: fresh data, a free port of the loopback interface, passwords by SCRAM.
// DBA_POSTGRES_BINDIR chooses another release than Debian's; DBA_TEST_SERVER=postgres17 one of tools/servers.
#ifndef DBA_INTEGRATION_POSTGRES_ENV_H_
#define DBA_INTEGRATION_POSTGRES_ENV_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/testing/subprocess.h"

namespace dba {

class PostgresEnv {
 public:
  // Answers when it returns. The error says how to get what is missing.
  //   settings  further settings of the server, such as "log_statement=all"
  static absl::StatusOr<std::unique_ptr<PostgresEnv>> Start(std::vector<std::string> settings = {});
  ~PostgresEnv();

  uint16_t port() const { return port_; }
  const std::string& superuser_password() const { return password_; }

  // Runs SQL as a user; one statement or several without BEGIN. The value of the last statement's first cell.
  absl::StatusOr<std::string> Run(const std::string& database, const std::string& sql) const;
  absl::StatusOr<std::string> RunAs(const std::string& user, const std::string& password, const std::string& database,
                                    const std::string& sql) const;

  // Freezes and thaws the whole server.
  void Freeze();
  void Thaw();
  // Ends the server as a crash would, or starts it again on the same port.
  void Kill();
  absl::Status StartAgain();

  // What the server has logged.
  std::string Log() const;

  const std::string& folder() const { return folder_; }

 private:
  PostgresEnv() = default;
  absl::Status Initialise();
  void SignalAll(int signal);

  std::string folder_;
  std::string password_;
  uint16_t port_ = 0;
  std::vector<std::string> settings_;
  std::unique_ptr<Subprocess> server_;
  std::string log_before_;
};

}  // namespace dba

#endif  // DBA_INTEGRATION_POSTGRES_ENV_H_
