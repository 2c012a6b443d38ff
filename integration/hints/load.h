// SPDX-License-Identifier: Apache-2.0
//
// The application beside a migration: a writer and a reader whose every operation is timed, and what may be in the way.
#ifndef DBA_INTEGRATION_HINTS_LOAD_H_
#define DBA_INTEGRATION_HINTS_LOAD_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "integration/hints/sql_session.h"

namespace dba::hints {

struct Operation {
  absl::Time begin;
  absl::Time end;
  bool write = false;
  std::string error;  // empty: it worked
};

// The longest part of one operation that lies within [begin, end].
absl::Duration LongestStall(const std::vector<Operation>& operations, bool write, absl::Time begin, absl::Time end);

// Fills in {n}, a number never given before in this process, and {k}, a number from 100 to `rows`.
std::string FillIn(const std::string& sql, int64_t rows);

// One transaction of the old application. ABORTED as SqlSession says; it was rolled back then.
absl::Status RunTransaction(SqlSession& session, const std::vector<std::string>& statements, int64_t rows);

// Runs from construction to Stop, or destruction.
class Load {
 public:
  // With heavy writes up to 800 transactions a second, else 10; 100 reads a second.
  static absl::StatusOr<std::unique_ptr<Load>> Start(HintServer& server, const std::string& database,
                                                     const HintCase& hint_case, int64_t rows);
  ~Load();

  // Ends when the operations that are under way have ended.
  std::vector<Operation> Stop();

 private:
  Load() = default;
  void Add(std::unique_ptr<SqlSession> session, absl::Duration interval, bool write,
           std::function<absl::Status(SqlSession&)> work);

  std::atomic<bool> stop_{false};
  std::vector<std::unique_ptr<SqlSession>> sessions_;
  std::vector<std::unique_ptr<std::vector<Operation>>> operations_;
  std::vector<std::thread> threads_;
};

// A transaction that stays open: it has read, or written, and does nothing more.
class OpenTransaction {
 public:
  static absl::StatusOr<std::unique_ptr<OpenTransaction>> Begin(HintServer& server, const std::string& database,
                                                                const std::string& sql);
  // Ends it that long from now, whatever the caller does meanwhile. Only the first call counts.
  void EndAfter(absl::Duration duration);
  ~OpenTransaction();

 private:
  OpenTransaction() = default;
  std::unique_ptr<SqlSession> session_;
  std::thread ender_;
};

}  // namespace dba::hints

#endif  // DBA_INTEGRATION_HINTS_LOAD_H_
