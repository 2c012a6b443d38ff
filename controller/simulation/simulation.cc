// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/simulation.h"

#include <cstdlib>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "controller/plan/names.h"
#include "controller/simulation/checker.h"
#include "controller/simulation/fiber.h"
#include "controller/simulation/process.h"
#include "controller/simulation/sim_apps.h"
#include "controller/simulation/sim_human.h"
#include "controller/simulation/sim_jobs.h"

namespace dba::simulation {
namespace {

// The reconciles after the last fault in which all must come to rest (I9).
constexpr int kMaxCalmReconciles = 50;
// Moves of Jobs between two calm reconciles: more than any migration takes.
constexpr int kJobMoves = 60;
// A reconcile that makes more calls than this does not end.
constexpr int kMaxCalls = 5000;

// The run of this thread.
thread_local Checker* listener = nullptr;

// From the first run on, the log goes to the run of the thread that writes it.
void ListenToLog(Checker* checker) {
  static const bool redirected = [] {
    SetLogSink([](absl::string_view line) {
      if (listener != nullptr) listener->Told("the log", line);
    });
    return true;
  }();
  (void)redirected;
  listener = checker;
}

class Run {
 public:
  Run(uint64_t seed, const Options& options)
      : env_(seed, options.profile.value_or(DrawProfile(seed)), options.mutant, options.trace),
        checker_(&env_),
        jobs_(&env_, &checker_),
        apps_(&env_, &checker_),
        human_(&env_, &checker_) {
    ListenToLog(&checker_);
    env_.Trace(absl::StrCat("seed ", seed, ": ", DescribeProfile(env_.profile)));
    env_.kube.KeepCalls(false);
    human_.PlaceForeign();
  }

  // Begins where `other` came to rest.
  void ContinueFrom(const Run& other) {
    env_.ContinueFrom(other.env_);
    checker_.ContinueFrom(other.checker_);
    apps_.Populate();
  }

  void SetPolicy() { env_.SetPolicy(); }

  ~Run() {
    for (Seat& seat : seats_) seat.process.reset();
    ListenToLog(nullptr);
  }

  Outcome Live() {
    for (int i = 0; i < env_.profile.steps && Sound(); ++i) Storm();
    if (Sound()) CalmDown();
    if (Sound()) Rest();
    Outcome outcome;
    outcome.violations = env_.violations;
    outcome.steps = env_.step;
    outcome.calm_reconciles = calm_reconciles_;
    outcome.tally = env_.tally;
    outcome.counts = PerAttempt(checker_.counts());
    return outcome;
  }

 private:
  // A controller's place: when its process ended another begins.
  struct Seat {
    Fiber fiber;
    std::unique_ptr<Process> process;
  };

  bool Sound() const { return env_.violations.empty(); }

  void MoveController(int index) {
    Seat& seat = seats_[index];
    if (seat.process != nullptr && seat.process->dead() && !seat.process->busy()) seat.process.reset();
    if (seat.process == nullptr) {
      seat.process = std::make_unique<Process>(&env_, &checker_, index == 0 ? "A" : "B", &seat.fiber);
    }
    seat.process->Step();
  }

  void Storm() {
    ++env_.step;
    env_.Advance(absl::Milliseconds(200));
    const int choice = env_.rng.Below(100);
    if (choice < 55) {
      // A burst: otherwise no controller would ever get far between two moves of the world.
      const int index = env_.profile.second ? env_.rng.Below(2) : 0;
      const int calls = 1 + env_.rng.Below(env_.rng.Chance(300) ? 40 : 6);
      for (int i = 0; i < calls && Sound(); ++i, ++env_.step) MoveController(index);
    } else if (choice < 70) {
      jobs_.Step();
    } else if (choice < 85) {
      apps_.Step();
    } else if (choice < 94) {
      human_.Step();
    } else {
      FireDelayed();
      env_.Advance(absl::Seconds(30));
    }
    checker_.AfterStep();
  }

  void FireDelayed() {
    if (!env_.delayed.has_value()) return;
    const std::function<void()> effect = *std::exchange(env_.delayed, std::nullopt);
    env_.Happened("delayed effect arrives", "");
    effect();
  }

  // One whole reconcile of the only controller. Returns the number of writes it tried.
  int64_t Reconcile() {
    const int64_t before = env_.writes;
    int calls = 0;
    do {
      ++env_.step;
      MoveController(0);
    } while (seats_[0].process->busy() && ++calls < kMaxCalls);
    if (calls >= kMaxCalls) env_.Violate("I9", "a reconcile does not end");
    checker_.AfterStep();
    return env_.writes - before;
  }

  // Whether what people asked for last is done.
  bool IsReady() const {
    if (env_.deleting) return env_.gone();
    const auto database = env_.kube.View(kube::kManagedDatabases, {kNamespace, kDatabase});
    const auto status = database->find("status");
    if (status == database->end()) return false;
    for (const nlohmann::json& condition : (*status)["conditions"]) {
      if (condition["type"] == "Ready") return condition["reason"] == "UpToDate";
    }
    return false;
  }

  void CalmDown() {
    env_.calm = true;
    env_.Trace("calm");
    seats_[1].process.reset();
    FireDelayed();
    while (seats_[0].process != nullptr && seats_[0].process->busy()) seats_[0].process->Step();
    human_.Settle();
    // Published credentials are proven again after five minutes.
    env_.Advance(absl::Minutes(6));
    for (calm_reconciles_ = 0; Sound(); ++calm_reconciles_) {
      if (calm_reconciles_ > kMaxCalmReconciles) {
        env_.Violate("I9", absl::StrCat("not at rest after ", kMaxCalmReconciles, " reconciles: ", ReadyText()));
        return;
      }
      const int64_t writes = Reconcile();
      if (writes == 0 && IsReady() && jobs_.Idle()) return;
      for (int i = 0; i < kJobMoves; ++i) jobs_.Step();
      apps_.Settle();
      human_.RetryIfFailed();
      env_.Advance(absl::Seconds(40));
    }
  }

  std::string ReadyText() const {
    const nlohmann::json database = env_.kube.Find(kube::kManagedDatabases, {kNamespace, kDatabase});
    return database.is_object() && database.contains("status") && database["status"].contains("conditions")
               ? database["status"]["conditions"][0].dump()
               : "no status";
  }

  void Rest() {
    for (int i = 0; i < env_.profile.rest && Sound(); ++i) {
      env_.Advance(absl::Minutes(1));
      if (Reconcile() != 0) env_.Violate("I6", "a write at rest");
    }
    if (Sound()) checker_.AtRest();
  }

  Environment env_;
  Checker checker_;
  SimJobs jobs_;
  SimApps apps_;
  SimHuman human_;
  Seat seats_[2];
  int calm_reconciles_ = 0;
};

}  // namespace

namespace {

// A run without faults to v2; for each thread, because its objects are not made for several.
const Run& RunToSecondVersion() {
  static thread_local const std::unique_ptr<const Run> run = [] {
    Options options;
    options.profile = Profile{};
    options.profile->versions = 2;
    auto made = std::make_unique<Run>(1, options);
    if (!made->Live().violations.empty()) std::abort();
    return made;
  }();
  return *run;
}

}  // namespace

Outcome Simulate(uint64_t seed, const Options& options) {
  const bool warm = options.profile.value_or(DrawProfile(seed)).warm;
  const Run* const begin = warm ? &RunToSecondVersion() : nullptr;
  Run run(seed, options);
  if (begin != nullptr) run.ContinueFrom(*begin);
  run.SetPolicy();
  return run.Live();
}

}  // namespace dba::simulation
