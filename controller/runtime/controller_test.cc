// SPDX-License-Identifier: Apache-2.0
#include "controller/runtime/controller.h"

#include <map>
#include <stdexcept>
#include <string>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/testing/fake_random.h"
#include "common/testing/wait_for.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

using kube::ObjectKey;

ObjectKey Key(const std::string& name) { return {"shop", name}; }

class ControllerTest : public testing::Test {
 protected:
  Controller::Options Options() {
    Controller::Options options;
    options.name = "test";
    options.backoff = {absl::Milliseconds(1), absl::Milliseconds(5), 2};
    options.observer = [this](absl::string_view result, absl::Duration) {
      MutexLock lock(&mu_);
      ++results_[std::string(result)];
    };
    return options;
  }
  int Runs(const std::string& name) {
    MutexLock lock(&mu_);
    return runs_[name];
  }
  int Results(const std::string& result) {
    MutexLock lock(&mu_);
    return results_[result];
  }
  int Note(const ObjectKey& key) {
    MutexLock lock(&mu_);
    return ++runs_[key.name];
  }

  RealClock clock_;
  FakeRandom random_;
  Mutex mu_;
  std::map<std::string, int> runs_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, int> results_ ABSL_GUARDED_BY(mu_);
};

TEST_F(ControllerTest, ReconcilesWhatIsEnqueuedBeforeAndAfterItsStart) {
  Controller controller(&clock_, &random_, Options(), [&](const ObjectKey& key, const StopToken&) {
    Note(key);
    return ReconcileResult{};
  });
  controller.Enqueue(Key("a"));
  controller.Start();
  controller.Enqueue(Key("b"));
  EXPECT_TRUE(WaitFor([&] { return Runs("a") == 1 && Runs("b") == 1; }));
  EXPECT_TRUE(WaitFor([&] { return Results("success") == 2; }));
}

TEST_F(ControllerTest, TriesAgainAfterAnErrorUntilItSucceeds) {
  Controller controller(&clock_, &random_, Options(), [&](const ObjectKey& key, const StopToken&) {
    return ReconcileResult{Note(key) < 4 ? absl::UnavailableError("down") : absl::OkStatus(), std::nullopt};
  });
  controller.Start();
  controller.Enqueue(Key("a"));
  ASSERT_TRUE(WaitFor([&] { return Results("success") == 1; }));
  EXPECT_EQ(Results("error"), 3);
}

TEST_F(ControllerTest, ComesBackAfterTheTimeAskedFor) {
  Controller controller(&clock_, &random_, Options(), [&](const ObjectKey& key, const StopToken&) {
    const int run = Note(key);
    if (run == 1) return ReconcileResult{absl::OkStatus(), absl::Milliseconds(5)};
    if (run == 2) return ReconcileResult{absl::FailedPreconditionError("blocked"), absl::Milliseconds(5)};
    return ReconcileResult{};
  });
  controller.Start();
  controller.Enqueue(Key("a"));
  ASSERT_TRUE(WaitFor([&] { return Results("success") == 1; }));
  EXPECT_EQ(Results("requeue_after"), 1);
  EXPECT_EQ(Results("error"), 1);
}

TEST_F(ControllerTest, AnExceptionIsAnErrorOfThatObjectAlone) {
  Controller controller(&clock_, &random_, Options(), [&](const ObjectKey& key, const StopToken&) -> ReconcileResult {
    if (Note(key) == 1 && key.name == "a") throw std::runtime_error("bad");
    return {};
  });
  controller.Start();
  controller.Enqueue(Key("a"));
  controller.Enqueue(Key("b"));
  EXPECT_TRUE(WaitFor([&] { return Runs("a") == 2 && Runs("b") == 1; }));
}

TEST_F(ControllerTest, ResyncsEveryObjectEachPeriod) {
  Controller::Options options = Options();
  options.resync_period = absl::Milliseconds(20);
  options.resync_keys = [] { return std::vector<ObjectKey>{Key("a"), Key("b")}; };
  Controller controller(&clock_, &random_, options, [&](const ObjectKey& key, const StopToken&) {
    Note(key);
    return ReconcileResult{};
  });
  controller.Start();
  EXPECT_TRUE(WaitFor([&] { return Runs("a") >= 3 && Runs("b") >= 3; }));
}

TEST_F(ControllerTest, StopReachesARunningReconcileAndIsQuick) {
  Controller::Options options = Options();
  options.resync_period = absl::Hours(1);
  options.resync_keys = [] { return std::vector<ObjectKey>(); };
  Controller controller(&clock_, &random_, options, [&](const ObjectKey& key, const StopToken& stop) {
    Note(key);
    EXPECT_FALSE(clock_.WaitFor(absl::Minutes(10), stop));
    return ReconcileResult{absl::CancelledError("stopped"), std::nullopt};
  });
  controller.Start();
  controller.Enqueue(Key("a"));
  controller.EnqueueAfter(Key("b"), absl::Hours(1));
  ASSERT_TRUE(WaitFor([&] { return Runs("a") == 1; }));
  const absl::Duration before = clock_.Monotonic();
  controller.Stop();
  EXPECT_LT(clock_.Monotonic() - before, absl::Seconds(2));
  EXPECT_EQ(Runs("b"), 0);
}

}  // namespace
}  // namespace dba
