// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/reflector.h"

#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "common/mutex.h"
#include "common/testing/fake_clock.h"
#include "common/testing/fake_random.h"
#include "common/testing/wait_for.h"
#include "controller/testing/fake_kube_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::kube {
namespace {

using nlohmann::json;
using testing::ElementsAre;

json Job(const std::string& name, int parallelism = 1) {
  return {{"metadata", {{"name", name}, {"namespace", "shop"}}}, {"spec", {{"parallelism", parallelism}}}};
}
ObjectKey Key(const std::string& name) { return {"shop", name}; }

class ReflectorTest : public testing::Test {
 protected:
  void StartReflector(Reflector::Options options = {}) {
    options.resource = kJobs;
    reflector_ = std::make_unique<Reflector>(&client_, &clock_, &random_, options, [this](const ObjectKey& key) {
      MutexLock lock(&mu_);
      told_.push_back(key.name);
    });
    reflector_->Start();
  }
  std::vector<std::string> Told() {
    MutexLock lock(&mu_);
    return told_;
  }
  bool WaitForTold(size_t count) {
    return WaitFor([&] { return Told().size() >= count; });
  }
  bool WaitForWatch() {
    return WaitFor([&] { return client_.watch_count() == 1; });
  }
  int Calls(const std::string& verb) {
    int count = 0;
    for (const auto& call : client_.calls()) count += call.verb == verb ? 1 : 0;
    return count;
  }

  FakeKubeClient client_;
  FakeClock clock_;
  FakeRandom random_;
  Mutex mu_;
  std::vector<std::string> told_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<Reflector> reflector_;
};

TEST_F(ReflectorTest, ListsThenFollowsChanges) {
  client_.Put(kJobs, Job("a"));
  StartReflector();
  ASSERT_TRUE(WaitForWatch());
  EXPECT_TRUE(reflector_->HasSynced());
  EXPECT_EQ(reflector_->store().size(), 1U);
  client_.Put(kJobs, Job("b"));
  client_.Put(kJobs, Job("a", 2));
  client_.Remove(kJobs, Key("b"));
  ASSERT_TRUE(WaitForTold(4));
  EXPECT_THAT(Told(), ElementsAre("a", "b", "a", "b"));
  EXPECT_EQ((*reflector_->store().Get(Key("a")))["spec"]["parallelism"], 2);
  EXPECT_FALSE(reflector_->store().Get(Key("b")).has_value());
}

TEST_F(ReflectorTest, IsNotSyncedBeforeAListSucceeded) {
  client_.FailNext("list", "jobs", absl::UnavailableError("down"));
  StartReflector();
  clock_.AwaitWaiters(1);
  EXPECT_FALSE(reflector_->HasSynced());
  clock_.Advance(absl::Minutes(1));
  ASSERT_TRUE(WaitForWatch());
  EXPECT_TRUE(reflector_->HasSynced());
}

TEST_F(ReflectorTest, ContinuesABrokenWatchWhereItWas) {
  StartReflector();
  ASSERT_TRUE(WaitForWatch());
  client_.Put(kJobs, Job("a"));
  ASSERT_TRUE(WaitForTold(1));
  client_.FailNext("watch", "jobs", absl::UnavailableError("down"));
  client_.EndWatches();
  clock_.AwaitWaiters(1);
  client_.Put(kJobs, Job("b"));
  clock_.Advance(absl::Minutes(1));
  ASSERT_TRUE(WaitForTold(2));
  EXPECT_THAT(Told(), ElementsAre("a", "b"));
  EXPECT_EQ(Calls("list"), 1);
}

TEST_F(ReflectorTest, ListsAgainWhenTheVersionIsForgotten) {
  client_.Put(kJobs, Job("a"));
  client_.Put(kJobs, Job("b"));
  StartReflector();
  ASSERT_TRUE(WaitForWatch());
  client_.Compact();
  clock_.AwaitWaiters(1);
  client_.Remove(kJobs, Key("a"));
  clock_.Advance(absl::Minutes(1));
  ASSERT_TRUE(WaitForTold(3));
  EXPECT_EQ(Told().back(), "a") << "an object that went unseen is told too";
  EXPECT_EQ(reflector_->store().size(), 1U);
  EXPECT_EQ(Calls("list"), 2);
}

TEST_F(ReflectorTest, ABookmarkMovesTheVersionOn) {
  StartReflector();
  ASSERT_TRUE(WaitForWatch());
  const json other = client_.Put(kSecrets, {{"metadata", {{"name", "s"}, {"namespace", "shop"}}}});
  client_.SendBookmarks();
  client_.EndWatches();
  ASSERT_TRUE(WaitFor([&] { return Calls("watch") == 2; }));
  EXPECT_EQ(client_.calls().back().body["resourceVersion"], other["metadata"]["resourceVersion"]);
  EXPECT_EQ(Calls("list"), 1);
}

TEST_F(ReflectorTest, DoesNotReopenAnEmptyStreamInATightLoop) {
  StartReflector();
  ASSERT_TRUE(WaitForWatch());
  client_.EndWatches();
  clock_.AwaitWaiters(1);
  EXPECT_EQ(Calls("watch"), 1);
}

TEST_F(ReflectorTest, KeepsAndComparesOnlyWhatTheTransformLeaves) {
  Reflector::Options options;
  options.transform = [](const json& object) { return json{{"p", object["spec"]["parallelism"]}}; };
  StartReflector(options);
  ASSERT_TRUE(WaitForWatch());
  client_.Put(kJobs, Job("a"));
  ASSERT_TRUE(WaitForTold(1));
  client_.Touch(kJobs, Key("a"), {{"status", {{"active", 1}}}});
  client_.Put(kJobs, Job("b"));
  ASSERT_TRUE(WaitForTold(2));
  EXPECT_THAT(Told(), ElementsAre("a", "b")) << "the change of a's status is no change";
  EXPECT_EQ(*reflector_->store().Get(Key("a")), (json{{"p", 1}}));
}

TEST_F(ReflectorTest, StopsDuringAWatchAndDuringAWait) {
  StartReflector();
  ASSERT_TRUE(WaitForWatch());
  reflector_->Stop();
  EXPECT_EQ(client_.watch_count(), 0);
  client_.FailNext("list", "jobs", absl::UnavailableError("down"));
  StartReflector();
  clock_.AwaitWaiters(1);
  reflector_->Stop();
}

}  // namespace
}  // namespace dba::kube
