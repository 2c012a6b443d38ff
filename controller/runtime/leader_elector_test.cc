// SPDX-License-Identifier: Apache-2.0
#include "controller/runtime/leader_elector.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "common/mutex.h"
#include "common/stop_token.h"
#include "common/testing/fake_clock.h"
#include "common/testing/fake_random.h"
#include "common/testing/status_matchers.h"
#include "common/testing/wait_for.h"
#include "controller/testing/fake_kube_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

using kube::FakeKubeClient;
using kube::kLeases;
using nlohmann::json;

const kube::ObjectKey kLease{"dba", "controller"};

// One candidate on its own thread.
class Candidate {
 public:
  Candidate(FakeKubeClient* client, FakeClock* clock, const std::string& identity)
      : elector_(client, clock, &random_,
                 {kLease, identity, LeaseTiming(), [this] { started = true; }, [this] { lost = true; },
                  [this](bool leading) { observed = leading; }}),
        thread_([this] { result = elector_.Run(stop_.Token()); }) {}
  ~Candidate() { Stop(); }

  void Stop() {
    stop_.RequestStop();
    if (thread_.joinable()) thread_.join();
  }
  // For one that ends by itself.
  void Join() { thread_.join(); }
  bool IsLeader() const { return elector_.IsLeader(); }
  LeaderElector& elector() { return elector_; }

  std::atomic<bool> started{false};
  std::atomic<bool> lost{false};
  std::atomic<bool> observed{false};
  absl::Status result;

 private:
  FakeRandom random_;
  StopSource stop_;
  LeaderElector elector_;
  std::thread thread_;
};

class LeaderElectorTest : public testing::Test {
 protected:
  std::string Holder() {
    const json lease = client_.Find(kLeases, kLease);
    return lease.is_null() ? "none" : lease["spec"]["holderIdentity"].get<std::string>();
  }
  // Each candidate waits in Run() and in its guard.
  void Advance(absl::Duration duration, int candidates) {
    const absl::Duration step = absl::Milliseconds(500);
    for (absl::Duration done = absl::ZeroDuration(); done < duration; done += step) {
      clock_.AwaitWaiters(2 * candidates);
      clock_.Advance(step);
    }
    clock_.AwaitWaiters(2 * candidates);
  }

  FakeKubeClient client_;
  FakeClock clock_;
};

TEST_F(LeaderElectorTest, TheFirstLeadsAndTheSecondWaits) {
  Candidate first(&client_, &clock_, "first");
  clock_.AwaitWaiters(2);
  EXPECT_TRUE(first.IsLeader());
  EXPECT_TRUE(first.started);
  EXPECT_TRUE(first.observed);
  Candidate second(&client_, &clock_, "second");
  Advance(absl::Seconds(60), 2);
  EXPECT_TRUE(first.IsLeader());
  EXPECT_FALSE(second.started);
  EXPECT_EQ(Holder(), "first");
}

TEST_F(LeaderElectorTest, ACleanStopHandsOverAtOnce) {
  Candidate first(&client_, &clock_, "first");
  clock_.AwaitWaiters(2);
  first.Stop();
  EXPECT_THAT(first.result, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_FALSE(first.lost);
  EXPECT_FALSE(first.observed);
  EXPECT_EQ(Holder(), "");
  Candidate second(&client_, &clock_, "second");
  clock_.AwaitWaiters(2);
  EXPECT_TRUE(second.IsLeader());
  EXPECT_EQ(client_.Find(kLeases, kLease)["spec"]["leaseTransitions"], 1);
}

TEST_F(LeaderElectorTest, AKilledLeaderIsReplacedInSeventeenSeconds) {
  client_.Put(kLeases, NewLease(kLease, "killed", LeaseTiming(), clock_.Now()));
  Candidate next(&client_, &clock_, "next");
  Advance(absl::Seconds(14), 1);
  EXPECT_FALSE(next.started);
  Advance(absl::Seconds(3), 1);
  EXPECT_TRUE(next.IsLeader());
}

TEST_F(LeaderElectorTest, ALeaderThatCannotRenewStopsBeforeTheLeaseExpires) {
  Candidate leader(&client_, &clock_, "leader");
  clock_.AwaitWaiters(2);
  client_.SetBeforeCall([](const FakeKubeClient::Call&) { return absl::UnavailableError("down"); });
  Advance(absl::Seconds(9), 1);
  EXPECT_FALSE(leader.lost);
  clock_.AwaitWaiters(2);
  clock_.Advance(absl::Seconds(2));
  leader.Join();
  EXPECT_TRUE(leader.lost);
  EXPECT_FALSE(leader.IsLeader());
  EXPECT_THAT(leader.result, StatusIs(absl::StatusCode::kAborted));
}

TEST_F(LeaderElectorTest, ALeaderWhoseCallHangsStopsTheSame) {
  Candidate leader(&client_, &clock_, "leader");
  clock_.AwaitWaiters(2);
  Mutex mu;
  CondVar changed;
  bool release = false;
  std::atomic<bool> hanging{false};
  client_.SetBeforeCall([&](const FakeKubeClient::Call&) {
    MutexLock lock(&mu);
    hanging = true;
    while (!release) changed.Wait(&mu);
    return absl::OkStatus();
  });
  clock_.Advance(absl::Seconds(2));
  ASSERT_TRUE(WaitFor([&] { return hanging.load(); }));
  clock_.AwaitWaiters(1);
  clock_.Advance(absl::Seconds(9));
  EXPECT_FALSE(leader.IsLeader());
  EXPECT_TRUE(WaitFor([&] { return leader.lost.load(); })) << "although its call still hangs";
  {
    MutexLock lock(&mu);
    release = true;
    changed.SignalAll();
  }
  leader.Join();
  EXPECT_THAT(leader.result, StatusIs(absl::StatusCode::kAborted));
}

TEST_F(LeaderElectorTest, ALeaderWhoseLeaseWasTakenStopsAtOnce) {
  Candidate leader(&client_, &clock_, "leader");
  clock_.AwaitWaiters(2);
  client_.Touch(kLeases, kLease, {{"spec", {{"holderIdentity", "thief"}}}});
  clock_.Advance(absl::Seconds(2));
  leader.Join();
  EXPECT_TRUE(leader.lost);
  EXPECT_EQ(Holder(), "thief") << "it does not release what is another's";
}

TEST_F(LeaderElectorTest, EveryLeaderHasAHigherEpoch) {
  Candidate first(&client_, &clock_, "first");
  clock_.AwaitWaiters(2);
  const uint64_t epoch = first.elector().epoch();
  EXPECT_GT(epoch, 0u);
  first.Stop();
  Candidate second(&client_, &clock_, "second");
  clock_.AwaitWaiters(2);
  EXPECT_GT(second.elector().epoch(), epoch);
}

TEST_F(LeaderElectorTest, ALeaderOutrunsAnEpochThatADatabaseKnows) {
  Candidate leader(&client_, &clock_, "leader");
  clock_.AwaitWaiters(2);
  const uint64_t seen = leader.elector().epoch() + 3'600'000'000;  // an hour ahead
  leader.elector().Outrun(seen);
  clock_.Advance(absl::Seconds(2));
  EXPECT_TRUE(WaitFor([&] { return leader.elector().epoch() == seen + 1; }));
  Advance(absl::Seconds(4), 1);
  EXPECT_EQ(leader.elector().epoch(), seen + 1) << "once";
}

TEST_F(LeaderElectorTest, ALostLeaderOutrunsNothing) {
  Candidate leader(&client_, &clock_, "leader");
  clock_.AwaitWaiters(2);
  const uint64_t epoch = leader.elector().epoch();
  client_.Touch(kLeases, kLease, {{"spec", {{"holderIdentity", "next"}}}});
  leader.elector().Outrun(epoch + 1000);
  clock_.Advance(absl::Seconds(2));
  leader.Join();
  EXPECT_EQ(leader.elector().epoch(), epoch);
}

TEST_F(LeaderElectorTest, OfTwoThatSeeAnExpiredLeaseOneLeads) {
  client_.Put(kLeases, NewLease(kLease, "", LeaseTiming(), clock_.Now()));
  std::atomic<int> patches{0};
  std::atomic<bool> stole{false};
  client_.SetBeforeCall([&](const FakeKubeClient::Call& call) {
    if (call.verb == "patch" && !stole.exchange(true)) {
      client_.Touch(kLeases, kLease, {{"spec", {{"holderIdentity", "quicker"}}}});
    }
    patches += call.verb == "patch" ? 1 : 0;
    return absl::OkStatus();
  });
  Candidate slower(&client_, &clock_, "slower");
  clock_.AwaitWaiters(2);
  EXPECT_FALSE(slower.started);
  EXPECT_EQ(Holder(), "quicker");
  EXPECT_EQ(patches, 1);
}

}  // namespace
}  // namespace dba
