// SPDX-License-Identifier: Apache-2.0
//
// Every effect of the controller is interrupted once: the process is killed before it or after it, or its reply is
// lost. After each fault the way to its version must end where it ends without faults, with exactly as much made and
// deleted. The faults to try are what a run without faults shows to be there. By default every kind of effect is
// interrupted once; DBA_CRASH_PLANS=all tries every effect in every way on every engine, and DBA_CRASH_PLANS=100 about
// a hundred of those, evenly chosen.
#include <atomic>
#include <functional>
#include <iostream>
#include <map>
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
constexpr int kRunsAtOnce = 6;
// What a run leaves undecided is tried again.
constexpr int kRounds = 4;
constexpr int kRoundsAsPlanned = 2;

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
    without_faults_.resize(servers_.size());
    Spread(servers_.size(), [&](size_t engine) {
      without_faults_[engine] = RunWithFaults(*cluster_, *servers_[engine], absl::StrCat("plain", engine), {});
    });
    for (const std::vector<VersionResult>& versions : without_faults_) {
      effects_.emplace_back();
      for (const VersionResult& version : versions) {
        ASSERT_OK(version.status);
        effects_.back().insert(effects_.back().end(), version.effects.begin(), version.effects.end());
      }
    }
  }

  std::vector<CrashPlanResult> Run(std::vector<CrashPlan> plans) {
    std::vector<CrashPlanResult> results;
    for (const CrashPlan& plan : plans) results.push_back({plan, "it was not tried", false});
    for (int round = 0; round < kRounds; ++round) {
      std::vector<size_t> undecided;
      for (size_t index = 0; index < results.size(); ++index) {
        if (results[index].decided) continue;
        undecided.push_back(index);
        // The last status of the run without faults may be one that others do not write: the one before it will do.
        CrashPointPassing& passing = plans[index].passing;
        if (round >= kRoundsAsPlanned && passing.verb == "ApplyStatus" && passing.number > 1) --passing.number;
        results[index].plan = plans[index];
      }
      const std::vector<std::vector<size_t>> runs = GroupIntoRuns(plans, undecided);
      if (!runs.empty()) std::cout << absl::StrCat(undecided.size(), " faults in ", runs.size(), " runs\n");
      Spread(runs.size(), [&](size_t run) { RunGroup(runs[run], absl::StrCat("run", round, "x", run), results); });
    }
    return results;
  }

  const std::vector<std::string>& titles() const { return titles_; }
  // By engine.
  const std::vector<std::vector<CrashPointPassing>>& effects() const { return effects_; }
  Outcome LastOutcome(size_t engine) const { return without_faults_[engine].back().outcome; }

 private:
  // Decides the plans of one run up to the first that went wrong. Those after it, and those whose fault did not happen,
  // stay undecided: a run may write a status less than the one without faults.
  void RunGroup(const std::vector<size_t>& group, const std::string& name, std::vector<CrashPlanResult>& results) {
    const absl::Time start = absl::Now();
    const size_t engine = results[group[0]].plan.engine;
    std::map<int, Fault> faults;
    std::map<int, CrashPlanResult*> by_version;
    for (const size_t index : group) {
      const CrashPlan& plan = results[index].plan;
      faults[plan.passing.version] = {plan.passing, plan.mode};
      by_version[plan.passing.version] = &results[index];
    }
    const std::vector<VersionResult> versions = RunWithFaults(*cluster_, *servers_[engine], name, faults);
    CrashPlanResult* last = by_version.begin()->second;
    for (size_t i = 0; i < versions.size(); ++i) {
      const auto plan = by_version.find(static_cast<int>(i) + 1);
      if (plan != by_version.end()) last = plan->second;
      const std::string trouble = Trouble(engine, i, versions[i]);
      if (plan == by_version.end() && trouble.empty()) continue;
      last->trouble = trouble;
      last->decided = !absl::IsFailedPrecondition(versions[i].status);
      if (last->decided && !trouble.empty()) break;
    }
    Tell(group, results, absl::Now() - start);
  }

  std::string Trouble(size_t engine, size_t version, const VersionResult& result) const {
    if (!result.status.ok()) return result.status.ToString();
    const std::string difference = Difference(without_faults_[engine][version].outcome, result.outcome);
    return difference.empty() ? "" : absl::StrCat("it ended differently\n", difference);
  }

  void Tell(const std::vector<size_t>& group, const std::vector<CrashPlanResult>& results, absl::Duration took) const {
    std::string text = absl::StrCat(titles_[results[group[0]].plan.engine], ", ",
                                    absl::FormatDuration(absl::Trunc(took, absl::Milliseconds(100))), "\n");
    for (const size_t index : group) {
      const CrashPlanResult& result = results[index];
      absl::StrAppend(&text, "  ", FaultModeName(result.plan.mode), " ", Describe(result.plan.passing), ": ",
                      result.trouble.empty() ? "converged" : result.trouble, "\n");
    }
    std::cout << text << std::flush;
  }

  std::unique_ptr<Cluster> cluster_;
  std::vector<std::unique_ptr<EngineServer>> servers_;
  std::vector<std::string> titles_;
  std::vector<std::vector<VersionResult>> without_faults_;
  std::vector<std::vector<CrashPointPassing>> effects_;
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
  ASSERT_EQ(crashes->effects().size(), 3u);
  for (size_t engine = 0; engine < crashes->effects().size(); ++engine) {
    for (const char* sentence :
         {"the version table: v4", "the effects: v1,v2,v3,v4", "Secret application/v4 is there and logs in",
          "Secret application/v3 is there and logs in", "Secret application/v2: made 1, deleted 1",
          "account application/v2: made 1, deleted 1", "account application/v4: made 1, deleted 0",
          "account migrator/v4: made 1, deleted 1", "Job v4: made 1, deleted 0", "Pod v4: made 1, deleted 0"}) {
      EXPECT_THAT(crashes->LastOutcome(engine), Contains(std::string(sentence)));
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
