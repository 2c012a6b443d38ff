// SPDX-License-Identifier: Apache-2.0
//
// Every effect of the controller is interrupted once: the process is killed before it or after it, or its reply is
// lost. Each run must end where one without faults ends, having made and deleted exactly as much. The faults to try are
// what a run without faults shows to be there. By default every kind of effect is interrupted once; DBA_CRASH_PLANS=all
// tries every effect in every way on every engine, and DBA_CRASH_PLANS=100 about a hundred of those, evenly chosen.
#include <atomic>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/testing/status_matchers.h"
#include "common/testing/subprocess.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/crash/crash_run.h"
#include "integration/server_process.h"

namespace dba {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Runs mostly wait for the Job controller, which gathers changes for a second.
constexpr int kRunsAtOnce = 8;
constexpr int kAttempts = 3;

// Calls `work` with 0 to `count` - 1, a few at the same time.
void Spread(size_t count, const std::function<void(size_t)>& work) {
  std::atomic<size_t> next{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kRunsAtOnce; ++i) {
    threads.emplace_back([&] {
      for (size_t index = next++; index < count; index = next++) work(index);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

std::vector<CrashPlan> WantedPlans(const std::vector<std::vector<CrashPointPassing>>& effects_by_engine) {
  const std::string wanted = EnvOr("DBA_CRASH_PLANS", "");
  if (wanted.empty()) return OneOfEachVerb(effects_by_engine);
  size_t count = 0;
  if (!absl::SimpleAtoi(wanted, &count)) return AllPlans(effects_by_engine);
  return EvenlyChosen(AllPlans(effects_by_engine), count);
}

class Crashes {
 public:
  static absl::StatusOr<std::unique_ptr<Crashes>> Start() {
    std::unique_ptr<Crashes> crashes(new Crashes());
    absl::StatusOr<std::unique_ptr<Cluster>> cluster = absl::UnknownError("not started");
    std::thread starting([&] { cluster = Cluster::Start(); });
    const absl::Status status = crashes->StartServers();
    starting.join();
    DBA_RETURN_IF_ERROR(status);
    DBA_ASSIGN_OR_RETURN(crashes->cluster_, std::move(cluster));
    return crashes;
  }

  // A server ends with the thread that started it, so this one must outlive them.
  absl::Status StartServers() {
    for (const auto start : {StartPostgresServer, StartMariadbServer, StartMysqlServer}) {
      DBA_ASSIGN_OR_RETURN(auto server, start());
      titles_.push_back(server->Title());
      servers_.push_back(std::move(server));
    }
    return absl::OkStatus();
  }

  // The run of each engine that the others are held against.
  void RunWithoutFaults() {
    std::vector<absl::StatusOr<CrashRunResult>> results(servers_.size(), absl::UnknownError("not run"));
    Spread(servers_.size(), [&](size_t engine) {
      results[engine] = RunWithFault(*cluster_, *servers_[engine], absl::StrCat("crash", engine), std::nullopt);
    });
    for (const auto& result : results) {
      ASSERT_OK(result);
      effects_.push_back(result->effects);
      outcomes_.push_back(result->outcome);
    }
  }

  std::vector<CrashPlanResult> Run(const std::vector<CrashPlan>& plans) {
    std::vector<CrashPlanResult> results(plans.size());
    std::atomic<size_t> done{0};
    Spread(plans.size(), [&](size_t index) {
      const absl::Time start = absl::Now();
      results[index] = {plans[index], Trouble(plans[index], absl::StrCat("crash", servers_.size() + index))};
      const CrashPlanResult& result = results[index];
      std::cout << absl::StrCat(++done, "/", plans.size(), " ", titles_[result.plan.engine], ", ",
                                FaultModeName(result.plan.mode), " ", Describe(result.plan.passing), ": ",
                                result.trouble.empty() ? "converged" : result.trouble, " (",
                                absl::FormatDuration(absl::Trunc(absl::Now() - start, absl::Milliseconds(100))), ")\n")
                << std::flush;
    });
    return results;
  }

  const std::vector<std::string>& titles() const { return titles_; }
  const std::vector<std::vector<CrashPointPassing>>& effects() const { return effects_; }
  const std::vector<Outcome>& outcomes() const { return outcomes_; }

 private:
  // A run may write a status less than the one without faults, and not come to the last crash point of that verb.
  std::string Trouble(const CrashPlan& plan, const std::string& name) {
    absl::StatusOr<CrashRunResult> result = absl::FailedPreconditionError("");
    for (int attempt = 0; attempt < kAttempts && absl::IsFailedPrecondition(result.status()); ++attempt) {
      result = RunWithFault(*cluster_, *servers_[plan.engine], absl::StrCat(name, std::string(attempt, 'x')),
                            Fault{plan.passing, plan.mode});
    }
    if (!result.ok()) return result.status().ToString();
    const std::string difference = Difference(outcomes_[plan.engine], result->outcome);
    return difference.empty() ? "" : absl::StrCat("it ended differently\n", difference);
  }

  std::unique_ptr<Cluster> cluster_;
  std::vector<std::unique_ptr<EngineServer>> servers_;
  std::vector<std::string> titles_;
  std::vector<std::vector<CrashPointPassing>> effects_;
  std::vector<Outcome> outcomes_;
};

TEST(CrashTest, TheReleasedControllerHasNoFaultSwitch) {
  for (const char* flag : {"--crash_at=X.after", "--lose_reply_at=X", "--trace_points=x"}) {
    Subprocess::Options options;
    options.args = {"controller/dba-controller", flag};
    ASSERT_OK_AND_ASSIGN(const CommandResult result, RunCommand(options));
    EXPECT_NE(result.exit_code, 0);
    EXPECT_THAT(result.err, HasSubstr("Unknown command line flag"));
  }
}

TEST(CrashTest, EveryFaultEndsAsARunWithoutOne) {
  ASSERT_OK_AND_ASSIGN(const auto crashes, Crashes::Start());
  crashes->RunWithoutFaults();
  ASSERT_EQ(crashes->outcomes().size(), 3u);
  for (const Outcome& outcome : crashes->outcomes()) {
    for (const char* sentence :
         {"the version table: v4", "the effects: v1,v2,v3,v4", "Secret application/v4 is there and logs in",
          "Secret application/v3 is there and logs in", "Secret application/v2: made 1, deleted 1",
          "account application/v2: made 1, deleted 1", "account application/v4: made 1, deleted 0",
          "account migrator/v4: made 1, deleted 1", "Job v4: made 1, deleted 0", "Pod v4: made 1, deleted 0"}) {
      EXPECT_THAT(outcome, Contains(std::string(sentence)));
    }
  }
  const std::vector<CrashPlan> plans = WantedPlans(crashes->effects());
  ASSERT_THAT(plans, Not(IsEmpty()));
  for (size_t engine = 0; engine < crashes->titles().size(); ++engine) {
    std::cout << crashes->titles()[engine] << ": " << crashes->effects()[engine].size() << " effects in a run\n";
  }
  const absl::Time start = absl::Now();
  const std::vector<CrashPlanResult> results = crashes->Run(plans);
  std::cout << ResultTable(crashes->titles(), results) << "in "
            << absl::FormatDuration(absl::Trunc(absl::Now() - start, absl::Seconds(1))) << ", " << kRunsAtOnce
            << " at once\n";
  for (const CrashPlanResult& result : results) {
    EXPECT_THAT(result.trouble, IsEmpty()) << crashes->titles()[result.plan.engine] << ", "
                                           << FaultModeName(result.plan.mode) << " " << Describe(result.plan.passing);
  }
}

}  // namespace
}  // namespace dba
