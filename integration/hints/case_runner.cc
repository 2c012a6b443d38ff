// SPDX-License-Identifier: Apache-2.0
#include "integration/hints/case_runner.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "integration/hints/agent_check.h"
#include "integration/hints/load.h"

namespace dba::hints {
namespace {

// How long an open transaction still stays after the migration began.
constexpr absl::Duration kHold = absl::Milliseconds(1200);

struct Window {
  absl::Time begin;
  absl::Time end;
};

// One run of one case; everything it made goes away with it.
class Run {
 public:
  Run(HintServer& server, const Fixture& fixture, const HintCase& hint_case)
      : server_(server), fixture_(fixture), case_(hint_case), database_(NextName()) {}
  ~Run();

  absl::Status Prepare();
  absl::Status StartApplication();
  void Migrate(TruthRow* row);
  void Judge(TruthRow* row);

  const std::string& database() const { return database_; }
  int64_t rows() const { return rows_; }

 private:
  static std::string NextName() {
    static std::atomic<int> number{0};
    return absl::StrCat("case_", ++number);
  }
  void Execute(TruthRow* row);
  void MeasureStalls(const std::vector<Operation>& operations, TruthRow* row) const;
  bool Tolerated() const;
  std::string OldApplication();

  HintServer& server_;
  const Fixture& fixture_;
  const HintCase& case_;
  const std::string database_;
  int64_t rows_ = 0;
  std::unique_ptr<SqlSession> session_;
  std::unique_ptr<OpenTransaction> open_;
  std::unique_ptr<Load> load_;
  std::vector<Window> windows_;
};

absl::Status Broken(const HintCase& hint_case, const absl::Status& status) {
  return absl::FailedPreconditionError(absl::StrCat(hint_case.id, ": ", status.message()));
}

absl::Status RunAll(SqlSession& session, const std::vector<std::string>& statements, int64_t rows) {
  for (const std::string& sql : statements) {
    const absl::Status status = session.Run(FillIn(sql, rows)).status();
    if (!status.ok()) return absl::AbortedError(absl::StrCat(status.message(), " in: ", sql));
  }
  return absl::OkStatus();
}

int64_t RowsOf(const std::string& word, const Sizes& sizes) {
  int64_t number = 0;
  if (absl::SimpleAtoi(word, &number)) return number;
  if (word == "large") return sizes.large_rows;
  if (word == "medium") return sizes.medium_rows;
  return word == "tiny" ? 3 : 2000;
}

absl::Status Run::Prepare() {
  rows_ = RowsOf(case_.rows, server_.sizes());
  DBA_RETURN_IF_ERROR(server_.MakeDatabase(database_, case_.fixture, fixture_, rows_));
  DBA_ASSIGN_OR_RETURN(session_, server_.Connect(database_));
  DBA_RETURN_IF_ERROR(RunAll(*session_, case_.settings, rows_));
  DBA_RETURN_IF_ERROR(RunAll(*session_, case_.setup, rows_));
  if (case_.analyze) (void)session_->Run(server_.AnalyzeSql(fixture_.table));
  return absl::OkStatus();
}

absl::Status Run::StartApplication() {
  // The migration's own session begins anew: global settings count from its start.
  DBA_ASSIGN_OR_RETURN(session_, server_.Connect(database_));
  std::string sql = case_.background_sql;
  if (sql.empty() && case_.background == Background::kLongReader) {
    sql = absl::StrCat("SELECT 1 FROM ", fixture_.table, " LIMIT 1");
  }
  if (sql.empty() && case_.background == Background::kOpenWriter) {
    sql = absl::StrCat("UPDATE ", fixture_.table, " SET id = id WHERE id = 1");
  }
  if (!sql.empty()) {
    DBA_ASSIGN_OR_RETURN(open_, OpenTransaction::Begin(server_, database_, sql));
  }
  DBA_ASSIGN_OR_RETURN(load_, Load::Start(server_, database_, case_, rows_));
  return absl::OkStatus();
}

void Run::Execute(TruthRow* row) {
  bool in_transaction = false;
  for (const std::string& sql : case_.ddl) {
    const absl::Time begin = absl::Now();
    const absl::Status status = session_->Run(FillIn(sql, rows_)).status();
    // Locks are held until the end of a transaction: it is one window.
    if (in_transaction) {
      windows_.back().end = absl::Now();
    } else {
      windows_.push_back({begin, absl::Now()});
    }
    if (absl::EqualsIgnoreCase(sql, "BEGIN")) in_transaction = true;
    if (absl::EqualsIgnoreCase(sql, "COMMIT")) in_transaction = false;
    if (status.ok()) continue;
    row->error = std::string(status.message());
    (void)session_->Run("ROLLBACK");
    return;
  }
}

void Run::Migrate(TruthRow* row) {
  const auto storage = [&] { return session_->Run(server_.StorageSql(fixture_.table)).value_or(""); };
  const std::string before = storage();
  if (open_ != nullptr) open_->EndAfter(kHold);
  Execute(row);
  const std::vector<Operation> operations = load_->Stop();
  row->rewritten = storage() != before;
  row->ddl_ms = absl::ToDoubleMilliseconds(windows_.back().end - windows_.front().begin);
  MeasureStalls(operations, row);
}

bool Run::Tolerated() const { return rows_ < server_.sizes().large_threshold && case_.background == Background::kNone; }

void Run::MeasureStalls(const std::vector<Operation>& operations, TruthRow* row) const {
  for (const Window& window : windows_) {
    const double length = absl::ToDoubleMilliseconds(window.end - window.begin);
    const auto judge = [&](bool write, const char* harm, double* longest) {
      const double stall = absl::ToDoubleMilliseconds(LongestStall(operations, write, window.begin, window.end));
      *longest = std::max(*longest, stall);
      if (stall >= server_.sizes().stall_milliseconds && stall >= kStallFraction * length && !Tolerated())
        row->harms.insert(harm);
    };
    judge(true, "BlocksWrites", &row->write_stall_ms);
    judge(false, "BlocksReads", &row->read_stall_ms);
  }
}

// The application of before the migration, once more, when everything has ended.
std::string Run::OldApplication() {
  const absl::StatusOr<std::unique_ptr<SqlSession>> session = server_.Connect(database_);
  if (!session.ok()) return std::string(session.status().message());
  absl::Status status;
  for (int attempt = 0; attempt < 3; ++attempt) {
    status = RunTransaction(**session, case_.writer, rows_);
    if (status.ok()) status = (*session)->Run(FillIn(case_.reader, rows_)).status();
    if (status.ok()) break;
  }
  return std::string(status.message());
}

void Run::Judge(TruthRow* row) {
  if (!row->error.empty()) row->harms.insert("Fails");
  row->old_writer = OldApplication();
  if (!row->old_writer.empty()) row->harms.insert("BreaksOldWriters");
  // A migration that failed is judged as that.
  for (size_t i = 0; i < case_.verify.size() && row->error.empty(); ++i) {
    const Verification& verification = case_.verify[i];
    const absl::StatusOr<std::string> holds = session_->Run(FillIn(verification.sql, rows_));
    if (holds.ok() && (*holds == "1" || *holds == "t")) continue;
    row->harms.insert(verification.harm);
    row->unverified = holds.ok() ? verification.sql : std::string(holds.status().message());
  }
}

Run::~Run() {
  if (load_ != nullptr) (void)load_->Stop();
  if (open_ != nullptr) open_->EndAfter(absl::ZeroDuration());
  open_.reset();
  if (session_ != nullptr) (void)RunAll(*session_, case_.restore, rows_);
  session_.reset();
  load_.reset();
  (void)server_.DropDatabase(database_);
}

absl::StatusOr<TruthRow> RunOnce(HintServer& server, const CaseFile& file, const HintCase& hint_case,
                                 const RunOptions& options) {
  TruthRow row;
  row.id = hint_case.id;
  row.note = hint_case.note;
  const Fixture& fixture = file.fixtures.at(hint_case.fixture);
  Run run(server, fixture, hint_case);
  if (const absl::Status status = run.Prepare(); !status.ok()) return Broken(hint_case, status);
  row.rows = run.rows();
  std::optional<AgentCheck> agent;
  if (options.ask) agent.emplace(server.AgentKeys(run.database()));
  if (const absl::Status status = run.StartApplication(); !status.ok()) return Broken(hint_case, status);
  if (agent.has_value()) agent->Ask(hint_case, fixture.table, server.sizes(), &row);
  if (options.migrate) {
    run.Migrate(&row);
    run.Judge(&row);
  }
  return row;
}

bool NearTheBorder(const TruthRow& row, double limit) {
  const auto near = [&](double stall) { return stall > limit / 2 && stall < limit * 2; };
  return near(row.write_stall_ms) || near(row.read_stall_ms);
}

}  // namespace

absl::StatusOr<TruthRow> RunCase(HintServer& server, const CaseFile& file, const HintCase& hint_case,
                                 const RunOptions& options) {
  DBA_ASSIGN_OR_RETURN(TruthRow first, RunOnce(server, file, hint_case, options));
  if (!NearTheBorder(first, server.sizes().stall_milliseconds)) return first;
  RunOptions again = options;
  again.ask = false;
  DBA_ASSIGN_OR_RETURN(const TruthRow second, RunOnce(server, file, hint_case, again));
  if (second.harms == first.harms) return first;
  DBA_ASSIGN_OR_RETURN(const TruthRow third, RunOnce(server, file, hint_case, again));
  if (third.harms == second.harms) first.harms = third.harms;
  return first;
}

}  // namespace dba::hints
