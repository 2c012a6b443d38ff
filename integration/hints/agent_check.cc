// SPDX-License-Identifier: Apache-2.0
#include "integration/hints/agent_check.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/grpc_status.h"
#include "common/testing/wait_for.h"
#include "google/protobuf/util/time_util.h"
#include "proto/dbaoperator/agent/v1/agent.pb.h"

namespace dba::hints {
namespace {

namespace v1 = dbaoperator::agent::v1;
using google::protobuf::util::TimeUtil;

constexpr double kHeavyWritesPerSecond = 100;
constexpr int64_t kWindowSeconds = 20;
// The agent calls a transaction long from this age on.
constexpr absl::Duration kLongTransaction = absl::Seconds(5);

v1::CheckHintsRequest Request(const HintCase& hint_case, const Sizes& sizes) {
  v1::CheckHintsRequest request;
  for (const google::protobuf::Struct& hint : hint_case.hints) *request.add_hints() = hint;
  v1::HintPolicy& policy = *request.mutable_policy();
  policy.set_mode(v1::HintPolicy::MODE_BLOCK);
  policy.mutable_thresholds()->set_large_rows(sizes.large_threshold);
  policy.mutable_thresholds()->set_large_bytes(int64_t{1} << 40);
  policy.mutable_thresholds()->set_heavy_writes_per_second(kHeavyWritesPerSecond);
  *policy.mutable_write_window() = TimeUtil::SecondsToDuration(kWindowSeconds);
  return request;
}

}  // namespace

AgentCheck::AgentCheck(const AgentProcess::Keys& keys) : agent_(AgentProcess::Start(keys)) {}

absl::Status AgentCheck::AwaitBackground(const HintCase& hint_case, const std::string& table) {
  if (hint_case.background == Background::kNone) return absl::OkStatus();
  v1::DescribeTablesRequest request;
  request.add_tables(table);
  absl::Status failed;
  const bool seen = WaitFor(
      [&] {
        v1::DescribeTablesResponse response;
        const std::unique_ptr<grpc::ClientContext> context = Within(absl::Seconds(5));
        failed = FromGrpcStatus((*agent_)->stub().DescribeTables(context.get(), request, &response));
        if (!failed.ok()) return true;
        if (response.tables_size() == 0) return false;
        const v1::TableFacts& facts = response.tables(0);
        if (hint_case.background == Background::kHeavyWrites) {
          return facts.writes_per_second() >= kHeavyWritesPerSecond;
        }
        return absl::Milliseconds(TimeUtil::DurationToMilliseconds(facts.longest_transaction())) > kLongTransaction;
      },
      absl::Seconds(20));
  if (!failed.ok()) return failed;
  return seen ? absl::OkStatus() : absl::DeadlineExceededError("the agent did not see the background in 20 s");
}

void AgentCheck::Ask(const HintCase& hint_case, const std::string& table, const Sizes& sizes, TruthRow* row) {
  if (!agent_.ok()) {
    row->check_error = std::string(agent_.status().message());
    return;
  }
  // Asked all the same when it did not see the background: what it says then is its answer.
  row->check_error = std::string(AwaitBackground(hint_case, table).message());
  const absl::Time begin = absl::Now();
  v1::CheckHintsResponse response;
  const std::unique_ptr<grpc::ClientContext> context = Within(absl::Seconds(30));
  const absl::Status status =
      FromGrpcStatus((*agent_)->stub().CheckHints(context.get(), Request(hint_case, sizes), &response));
  row->check_ms = absl::ToDoubleMilliseconds(absl::Now() - begin);
  row->asked = status.ok();
  if (!status.ok()) row->check_error = std::string(status.message());
  for (const v1::Finding& finding : response.findings()) {
    row->said.push_back({finding.rule(), finding.harm(), finding.message(), finding.unknown()});
  }
}

}  // namespace dba::hints
