// SPDX-License-Identifier: Apache-2.0
#include "integration/hints/matrix.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <utility>

#include "common/mutex.h"
#include "common/status_macros.h"
#include "integration/hints/hint_case.h"
#include "integration/hints/sql_session.h"

namespace dba::hints {
namespace {

// What was measured earlier, with what the agent says now.
TruthRow Merge(TruthRow measured, TruthRow asked) {
  measured.asked = asked.asked;
  measured.check_error = asked.check_error;
  measured.check_ms = asked.check_ms;
  measured.said = std::move(asked.said);
  return measured;
}

absl::StatusOr<TruthRow> RunChosen(HintServer& server, const CaseFile& file, const HintCase& hint_case,
                                   const MatrixOptions& options) {
  const auto known = std::find_if(options.measured.begin(), options.measured.end(), [&](const TruthRow& row) {
    return row.id == hint_case.id && row.server == options.server;
  });
  RunOptions run = options.run;
  if (known != options.measured.end()) run.migrate = false;
  DBA_ASSIGN_OR_RETURN(TruthRow row, RunCase(server, file, hint_case, run));
  row.server = options.server;
  if (known == options.measured.end()) return row;
  return Merge(*known, std::move(row));
}

// Takes cases one after another until all are taken or one is broken.
class Lanes {
 public:
  Lanes(HintServer& server, const CaseFile& file, const MatrixOptions& options, std::vector<const HintCase*> cases)
      : server_(server), file_(file), options_(options), cases_(std::move(cases)), rows_(cases_.size()) {}

  absl::StatusOr<std::vector<TruthRow>> Run() {
    std::vector<std::thread> threads;
    for (int i = 0; i < options_.lanes; ++i) threads.emplace_back([this] { RunLane(); });
    for (std::thread& thread : threads) thread.join();
    const MutexLock lock(&mutex_);
    if (!status_.ok()) return status_;
    return rows_;
  }

 private:
  void RunLane() {
    while (true) {
      const size_t index = next_++;
      if (index >= cases_.size()) return;
      absl::StatusOr<TruthRow> row = RunChosen(server_, file_, *cases_[index], options_);
      const MutexLock lock(&mutex_);
      if (!row.ok()) {
        status_ = row.status();
        next_ = cases_.size();
        return;
      }
      if (options_.on_row) options_.on_row(*row);
      rows_[index] = *std::move(row);
    }
  }

  HintServer& server_;
  const CaseFile& file_;
  const MatrixOptions& options_;
  const std::vector<const HintCase*> cases_;
  std::atomic<size_t> next_{0};
  Mutex mutex_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::vector<TruthRow> rows_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<std::vector<TruthRow>> RunMatrix(const MatrixOptions& options) {
  DBA_ASSIGN_OR_RETURN(const std::unique_ptr<HintServer> server, StartHintServer(options.server));
  DBA_ASSIGN_OR_RETURN(const CaseFile file, LoadCases(options.files, server->engine(), server->version()));
  std::vector<const HintCase*> cases;
  for (const HintCase& hint_case : file.cases) {
    if (!options.chosen || options.chosen(hint_case)) cases.push_back(&hint_case);
  }
  return Lanes(*server, file, options, std::move(cases)).Run();
}

}  // namespace dba::hints
