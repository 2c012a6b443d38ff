// SPDX-License-Identifier: Apache-2.0
#include "integration/hints/load.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"

namespace dba::hints {
namespace {

constexpr absl::Duration kQuietInterval = absl::Milliseconds(100);
constexpr absl::Duration kHeavyInterval = absl::Microseconds(1250);
constexpr absl::Duration kReadInterval = absl::Milliseconds(10);

int64_t RandomRow(int64_t rows) {
  static thread_local std::minstd_rand random(17);
  return std::uniform_int_distribution<int64_t>(std::min<int64_t>(100, rows), std::max<int64_t>(rows, 1))(random);
}

}  // namespace

absl::Duration LongestStall(const std::vector<Operation>& operations, bool write, absl::Time begin, absl::Time end) {
  absl::Duration longest = absl::ZeroDuration();
  for (const Operation& operation : operations) {
    if (operation.write != write) continue;
    longest = std::max(longest, std::min(operation.end, end) - std::max(operation.begin, begin));
  }
  return longest;
}

std::string FillIn(const std::string& sql, int64_t rows) {
  static std::atomic<int64_t> next{10'000'000};
  std::string filled = sql;
  if (sql.find("{n}") != std::string::npos) {
    filled = absl::StrReplaceAll(filled, {{"{n}", absl::StrCat(next.fetch_add(1))}});
  }
  return absl::StrReplaceAll(filled, {{"{k}", absl::StrCat(RandomRow(rows))}, {"{rows}", absl::StrCat(rows)}});
}

absl::Status RunTransaction(SqlSession& session, const std::vector<std::string>& statements, int64_t rows) {
  DBA_RETURN_IF_ERROR(session.Run("BEGIN").status());
  for (const std::string& statement : statements) {
    absl::Status status = session.Run(FillIn(statement, rows)).status();
    if (status.ok()) continue;
    (void)session.Run("ROLLBACK");
    return status;
  }
  return session.Run("COMMIT").status();
}

absl::StatusOr<std::unique_ptr<Load>> Load::Start(HintServer& server, const std::string& database,
                                                  const HintCase& hint_case, int64_t rows) {
  std::unique_ptr<Load> load(new Load());
  const bool heavy = hint_case.background == Background::kHeavyWrites;
  DBA_ASSIGN_OR_RETURN(std::unique_ptr<SqlSession> writer, server.Connect(database));
  DBA_ASSIGN_OR_RETURN(std::unique_ptr<SqlSession> reader, server.Connect(database));
  load->Add(
      std::move(writer), heavy ? kHeavyInterval : kQuietInterval, true,
      [statements = hint_case.writer, rows](SqlSession& session) { return RunTransaction(session, statements, rows); });
  load->Add(std::move(reader), kReadInterval, false,
            [sql = hint_case.reader, rows](SqlSession& session) { return session.Run(FillIn(sql, rows)).status(); });
  return load;
}

void Load::Add(std::unique_ptr<SqlSession> session, absl::Duration interval, bool write,
               std::function<absl::Status(SqlSession&)> work) {
  sessions_.push_back(std::move(session));
  operations_.push_back(std::make_unique<std::vector<Operation>>());
  threads_.emplace_back([this, interval, write, work = std::move(work), mine = sessions_.back().get(),
                         operations = operations_.back().get()] {
    absl::Time next = absl::Now();
    while (!stop_) {
      Operation operation;
      operation.write = write;
      operation.begin = absl::Now();
      const absl::Status status = work(*mine);
      operation.end = absl::Now();
      operation.error = std::string(status.message());
      operations->push_back(std::move(operation));
      next = std::max(next + interval, absl::Now() - interval);
      absl::SleepFor(next - absl::Now());
    }
  });
}

std::vector<Operation> Load::Stop() {
  stop_ = true;
  std::vector<Operation> all;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  for (const auto& operations : operations_) all.insert(all.end(), operations->begin(), operations->end());
  return all;
}

Load::~Load() { (void)Stop(); }

absl::StatusOr<std::unique_ptr<OpenTransaction>> OpenTransaction::Begin(HintServer& server, const std::string& database,
                                                                        const std::string& sql) {
  std::unique_ptr<OpenTransaction> transaction(new OpenTransaction());
  DBA_ASSIGN_OR_RETURN(transaction->session_, server.Connect(database));
  DBA_RETURN_IF_ERROR(transaction->session_->Run("BEGIN").status());
  DBA_RETURN_IF_ERROR(transaction->session_->Run(sql).status());
  return transaction;
}

void OpenTransaction::EndAfter(absl::Duration duration) {
  if (ender_.joinable()) return;
  ender_ = std::thread([this, duration] {
    absl::SleepFor(duration);
    (void)session_->Run("ROLLBACK");
  });
}

OpenTransaction::~OpenTransaction() {
  if (ender_.joinable()) ender_.join();
}

}  // namespace dba::hints
