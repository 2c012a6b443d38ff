// SPDX-License-Identifier: Apache-2.0
//
// How long the agent takes to judge ten hints on a large table, beside SELECT COUNT(*) on it, and whether queries over
// the rows stop at their timeout. Real agent over gRPC, private server. docs/development.md says how to read it.
#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/grpc_status.h"
#include "common/status_macros.h"
#include "common/testing/wait_for.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/time_util.h"
#include "integration/agent_process.h"
#include "integration/bench/bench_server.h"

ABSL_FLAG(std::string, engine, "postgresql", "postgresql, mariadb or mysql");
ABSL_FLAG(int, rows, 10000000, "rows of the table");
ABSL_FLAG(int, calls, 200, "calls of CheckHints");

namespace dba {
namespace {

namespace v1 = dbaoperator::agent::v1;
using google::protobuf::util::TimeUtil;

constexpr int kCounts = 5;
constexpr int kProbeCalls = 10;
constexpr absl::Duration kProbeTimeout = absl::Seconds(2);

// Decided on the catalogs alone.
constexpr const char* kCatalogHints[] = {
    R"({"operation": "AddColumn", "table": "image", "column": {"name": "a", "type": "int", "nullable": true}})",
    R"({"operation": "AddColumn", "table": "image", "column": {"name": "b", "type": "int", "nullable": false,
        "default": "Constant", "defaultExpression": "0"}})",
    R"({"operation": "CreateIndex", "table": "image", "name": "image_size", "columns": ["size"]})",
    R"({"operation": "CreateIndex", "table": "image", "name": "image_tag", "columns": ["tag"], "concurrently": true})",
    R"({"operation": "DropIndex", "table": "image", "name": "image_by_name"})",
    R"({"operation": "AlterColumn", "table": "image", "column": {"name": "tag", "nullable": true}})",
    R"({"operation": "DropColumn", "table": "image", "column": {"name": "tag"}})",
    R"({"operation": "RenameColumn", "table": "image", "column": {"name": "size"}, "newName": "bytes"})",
    R"({"operation": "CreateTable", "table": "label"})",
    R"({"operation": "AddColumn", "table": "label", "column": {"name": "c", "type": "int"}})",
};
// Nothing is said about them.
constexpr const char* kHarmlessHints[] = {
    R"({"operation": "AddColumn", "table": "image", "column": {"name": "a", "type": "int", "nullable": true,
        "default": "None"}})",
    R"({"operation": "CreateTable", "table": "label"})",
};
// Takes longer than the time it gets, on millions of rows.
constexpr const char* kLongHint[] = {
    R"({"operation": "AddConstraint", "table": "image", "type": "Unique", "columns": ["name", "digest"]})",
};
constexpr absl::Duration kShortTimeout = absl::Milliseconds(500);
// Need all rows to be read.
constexpr const char* kProbeHints[] = {
    R"({"operation": "AlterColumn", "table": "image", "column": {"name": "digest", "nullable": false}})",
    R"({"operation": "AddConstraint", "table": "image", "type": "Unique", "columns": ["name", "digest"]})",
};

template <size_t n>
absl::StatusOr<v1::CheckHintsRequest> Request(const char* const (&hints)[n], absl::Duration probe_timeout) {
  v1::CheckHintsRequest request;
  for (const char* hint : hints) {
    const auto parsed = google::protobuf::util::JsonStringToMessage(hint, request.add_hints());
    if (!parsed.ok()) return absl::InternalError(std::string(parsed.message()));
  }
  *request.mutable_policy()->mutable_probe_timeout() =
      TimeUtil::MillisecondsToDuration(absl::ToInt64Milliseconds(probe_timeout));
  return request;
}

// The time that each of so many calls takes, sorted.
absl::StatusOr<std::vector<absl::Duration>> Times(int calls, const std::function<absl::Status()>& call) {
  std::vector<absl::Duration> times;
  for (int i = 0; i < calls; ++i) {
    const absl::Time begin = absl::Now();
    DBA_RETURN_IF_ERROR(call());
    times.push_back(absl::Now() - begin);
  }
  std::sort(times.begin(), times.end());
  return times;
}

absl::Duration Quantile(const std::vector<absl::Duration>& sorted, double q) {
  return sorted[std::min(sorted.size() - 1, static_cast<size_t>(q * static_cast<double>(sorted.size())))];
}

void Row(const std::string& what, absl::Duration p50, absl::Duration p99, absl::Duration longest,
         const std::string& note) {
  const auto ms = [](absl::Duration duration) {
    return duration == absl::ZeroDuration() ? std::string("-")
                                            : absl::StrFormat("%.1f", absl::ToDoubleMilliseconds(duration));
  };
  std::cout << absl::StrFormat("  %-46s %10s %10s %10s  %s\n", what, ms(p50), ms(p99), ms(longest), note) << std::flush;
}

class Bench {
 public:
  Bench(BenchServer server, AgentProcess* agent) : server_(std::move(server)), agent_(agent) {}
  ~Bench() {
    server_.kill();
    for (std::thread& session : sessions_) session.join();
  }

  absl::Status Run(int calls) {
    DBA_ASSIGN_OR_RETURN(const v1::CheckHintsRequest quiet, Request(kHarmlessHints, absl::ZeroDuration()));
    DBA_ASSIGN_OR_RETURN(const v1::CheckHintsRequest catalog, Request(kCatalogHints, absl::ZeroDuration()));
    DBA_ASSIGN_OR_RETURN(const v1::CheckHintsRequest probes, Request(kProbeHints, kProbeTimeout));
    DBA_ASSIGN_OR_RETURN(const v1::CheckHintsRequest cut_short, Request(kLongHint, kShortTimeout));
    DBA_ASSIGN_OR_RETURN(const auto connecting, Times(1, [&] { return Call(quiet); }));
    DBA_ASSIGN_OR_RETURN(const auto first, Times(1, [&] { return Call(catalog); }));
    DBA_ASSIGN_OR_RETURN(const auto times, Times(calls, [&] { return Call(catalog); }));
    const std::string count_sql = absl::StrCat("SELECT COUNT(*) FROM ", server_.table);
    DBA_ASSIGN_OR_RETURN(const auto counts, Times(kCounts, [&] { return server_.run(count_sql).status(); }));
    const absl::Duration count = Quantile(counts, 0.5);
    std::cout << absl::StrFormat("  %-46s %10s %10s %10s\n", "milliseconds", "p50", "p99", "longest");
    Row("first call, 2 harmless hints", connecting[0], {}, {}, "connects");
    Row("first call, 10 hints", first[0], {}, {}, "counts the writes for two seconds");
    Row(absl::StrCat("10 hints, ", calls, " calls"), Quantile(times, 0.5), Quantile(times, 0.99), times.back(),
        absl::StrFormat("p50 is %.3f, p99 %.3f of COUNT(*)", absl::FDivDuration(Quantile(times, 0.5), count),
                        absl::FDivDuration(Quantile(times, 0.99), count)));
    Row(absl::StrCat("SELECT COUNT(*), ", kCounts, " times"), count, {}, counts.back(), "");
    DBA_RETURN_IF_ERROR(Probe("1 query over all rows that may take 500 ms", cut_short));
    DBA_RETURN_IF_ERROR(Probe("2 queries over all rows that may take 2 s each", probes));
    DBA_RETURN_IF_ERROR(LetAnAlterWait());
    DBA_RETURN_IF_ERROR(Probe("the 500 ms while an ALTER waits for its lock", cut_short));
    DBA_RETURN_IF_ERROR(Probe("the 2 s each while the ALTER waits", probes));
    return Probe("10 hints while the ALTER waits", catalog);
  }

  absl::Status Fill() {
    for (const std::string& sql : server_.fill) DBA_RETURN_IF_ERROR(server_.run(sql).status());
    DBA_ASSIGN_OR_RETURN(const std::string bytes, server_.run(server_.size));
    std::cout << server_.name << ", table image: " << absl::GetFlag(FLAGS_rows) << " rows, " << bytes << " bytes\n";
    return absl::OkStatus();
  }

 private:
  absl::Status Call(const v1::CheckHintsRequest& request) {
    v1::CheckHintsResponse response;
    return FromGrpcStatus(agent_->stub().CheckHints(Within(absl::Seconds(30)).get(), request, &response));
  }

  absl::Status Probe(const std::string& what, const v1::CheckHintsRequest& request) {
    DBA_ASSIGN_OR_RETURN(const auto times, Times(kProbeCalls, [&] { return Call(request); }));
    Row(what, Quantile(times, 0.5), {}, times.back(), absl::StrCat(kProbeCalls, " calls"));
    return absl::OkStatus();
  }

  void Open(const std::string& sql) {
    sessions_.emplace_back([this, sql] { (void)server_.run(sql); });
  }

  // Behind a reader that stays for a minute.
  absl::Status LetAnAlterWait() {
    Open(server_.reader);
    DBA_RETURN_IF_ERROR(Await(server_.reading, "the reader did not begin"));
    Open(absl::StrCat("ALTER TABLE ", server_.table, " ADD COLUMN late int"));
    return Await(server_.waiting, "the ALTER does not wait");
  }

  absl::Status Await(const std::string& sql, const char* otherwise) {
    const auto holds = [&] {
      const absl::StatusOr<std::string> count = server_.run(sql);
      return count.ok() && *count != "0";
    };
    return WaitFor(holds, absl::Seconds(20)) ? absl::OkStatus() : absl::DeadlineExceededError(otherwise);
  }

  const BenchServer server_;
  AgentProcess* const agent_;
  std::vector<std::thread> sessions_;
};

absl::Status Main() {
  DBA_ASSIGN_OR_RETURN(BenchServer server, StartBenchServer(absl::GetFlag(FLAGS_engine), absl::GetFlag(FLAGS_rows)));
  DBA_ASSIGN_OR_RETURN(const std::unique_ptr<AgentProcess> agent, AgentProcess::Start(server.keys));
  Bench bench(std::move(server), agent.get());
  DBA_RETURN_IF_ERROR(bench.Fill());
  return bench.Run(absl::GetFlag(FLAGS_calls));
}

}  // namespace
}  // namespace dba

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  const absl::Status status = dba::Main();
  if (status.ok()) return 0;
  std::cerr << "hints_bench: " << status << "\n";
  return 1;
}
