// SPDX-License-Identifier: Apache-2.0
//
// One connection to a database server of the matrix, and the server itself, alike for all engines.
#ifndef DBA_INTEGRATION_HINTS_SQL_SESSION_H_
#define DBA_INTEGRATION_HINTS_SQL_SESSION_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "integration/agent_process.h"
#include "integration/hints/hint_case.h"

namespace dba::hints {

// Thread-compatible.
class SqlSession {
 public:
  virtual ~SqlSession() = default;

  // One statement; the first cell of its result. ABORTED: the server refused it; the message begins with its code
  // (SQLSTATE, or MySQL's error number) and a blank.
  virtual absl::StatusOr<std::string> Run(const std::string& sql) = 0;
};

// How many rows the words of a case mean, and what a policy for them calls large.
struct Sizes {
  int64_t large_rows = 0;
  int64_t medium_rows = 0;
  int64_t large_threshold = 0;
  // An operation that hung for this long was blocked: far more than a change of metadata takes on this engine, less
  // than the quickest scan or copy of a large table.
  double stall_milliseconds = 0;
};

// A private server. Thread-safe.
class HintServer {
 public:
  virtual ~HintServer() = default;

  virtual std::string engine() const = 0;
  virtual int version() const = 0;  // as LoadCases wants it
  virtual Sizes sizes() const = 0;

  // A new database with the fixture's tables of that size.
  virtual absl::Status MakeDatabase(const std::string& database, const std::string& fixture_name,
                                    const Fixture& fixture, int64_t rows) = 0;
  virtual absl::Status DropDatabase(const std::string& database) = 0;
  virtual absl::StatusOr<std::unique_ptr<SqlSession>> Connect(const std::string& database) = 0;

  // The admin credentials for an agent.
  virtual AgentProcess::Keys AgentKeys(const std::string& database) const = 0;

  // Statements that make the statistics of `table` fresh.
  virtual std::string AnalyzeSql(const std::string& table) const = 0;
  // A SELECT whose value changes when the table's storage is written anew; of the current database.
  virtual std::string StorageSql(const std::string& table) const = 0;
};

// name: postgres15, postgres17, postgres18, mariadb1011, mariadb118 or mysql97. Only one per process: the environment
// chooses the programs. INVALID_ARGUMENT: no such name; other errors as the server's own environment gives them.
absl::StatusOr<std::unique_ptr<HintServer>> StartHintServer(const std::string& name);

}  // namespace dba::hints

#endif  // DBA_INTEGRATION_HINTS_SQL_SESSION_H_
