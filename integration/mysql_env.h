// SPDX-License-Identifier: Apache-2.0
//
// A private MariaDB or MySQL server for tests: fresh data, a free port of the loopback interface. DBA_MARIADBD,
// DBA_MARIADB_INSTALL_DB and DBA_MARIADB_BASEDIR choose another MariaDB than Debian's, DBA_MYSQLD another MySQL than
// that of tools/servers, which is made when it is absent.
#ifndef DBA_INTEGRATION_MYSQL_ENV_H_
#define DBA_INTEGRATION_MYSQL_ENV_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/testing/subprocess.h"

namespace dba {

class MysqlEnv {
 public:
  enum class Kind { kMariadb, kMysql };

  // Answers when it returns. The error says how to get what is missing.
  //   settings  further options of the server, such as "--ssl-cert=/x.pem"
  static absl::StatusOr<std::unique_ptr<MysqlEnv>> Start(Kind kind = Kind::kMariadb,
                                                         std::vector<std::string> settings = {});
  ~MysqlEnv();

  Kind kind() const { return kind_; }
  uint16_t port() const { return port_; }
  const std::string& root_password() const { return password_; }

  // Runs one statement as root; the first cell of its result.
  absl::StatusOr<std::string> Run(const std::string& sql) const;
  absl::StatusOr<std::string> RunAs(const std::string& user, const std::string& password, const std::string& database,
                                    const std::string& sql) const;

  // Freezes and thaws the server.
  void Freeze();
  void Thaw();
  void Kill();
  absl::Status StartAgain();

  // Holds the data and the logs.
  const std::string& folder() const { return folder_; }

  // Every statement the server was sent.
  std::string GeneralLog() const;

 private:
  MysqlEnv() = default;
  absl::Status Initialise();
  absl::Status FindMysql();
  std::vector<std::string> InitialiseCommand() const;
  std::vector<std::string> ServerCommand() const;
  void SignalAll(int signal);

  Kind kind_ = Kind::kMariadb;
  std::vector<std::string> settings_;
  std::string program_;  // the server
  std::string folder_;
  std::string password_;
  uint16_t port_ = 0;
  std::unique_ptr<Subprocess> server_;
};

}  // namespace dba

#endif  // DBA_INTEGRATION_MYSQL_ENV_H_
