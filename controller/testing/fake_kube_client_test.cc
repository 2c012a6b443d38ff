// SPDX-License-Identifier: Apache-2.0
#include "controller/testing/fake_kube_client.h"

#include "controller/testing/kube_client_contract_test.h"

namespace dba::kube {
namespace {

using nlohmann::json;

INSTANTIATE_TEST_SUITE_P(Fake, KubeClientContractTest,
                         testing::Values(KubeClientContractParam{
                             "fake", [] { return std::make_unique<FakeKubeClient>(); },
                             [](KubeClient* client) { static_cast<FakeKubeClient*>(client)->Compact(); }}));

const ObjectKey kKey{"shop", "a"};

json Job() { return {{"metadata", {{"name", "a"}, {"namespace", "shop"}}}, {"spec", {{"suspend", true}}}}; }

TEST(FakeKubeClientTest, FailNextFailsOnceAndWithoutEffect) {
  FakeKubeClient client;
  client.Put(kJobs, Job());
  client.FailNext("delete", "jobs", absl::UnavailableError("down"));
  EXPECT_EQ(client.Delete(kJobs, kKey, {}).code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(client.Find(kJobs, kKey).is_null());
  EXPECT_TRUE(client.calls().empty());
  EXPECT_TRUE(client.Delete(kJobs, kKey, {}).ok());
  EXPECT_TRUE(client.Find(kJobs, kKey).is_null());
}

TEST(FakeKubeClientTest, AfterCallLosesTheReplyAndKeepsTheEffect) {
  FakeKubeClient client;
  client.Put(kJobs, Job());
  client.SetAfterCall([](const FakeKubeClient::Call& call) {
    return call.verb == "patch" ? absl::DeadlineExceededError("reply lost") : absl::OkStatus();
  });
  EXPECT_EQ(client.MergePatch(kJobs, kKey, {{"spec", {{"suspend", false}}}}).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(client.Get(kJobs, kKey)->at("spec").at("suspend"), false);
}

TEST(FakeKubeClientTest, BeforeCallSeesTheCallAndMayChangeTheWorld) {
  FakeKubeClient client;
  client.Put(kJobs, Job());
  client.SetBeforeCall([&](const FakeKubeClient::Call& call) {
    if (call.verb == "delete") client.Remove(kJobs, call.key);
    return absl::OkStatus();
  });
  EXPECT_EQ(client.Delete(kJobs, kKey, {}).code(), absl::StatusCode::kNotFound);
  ASSERT_EQ(client.calls().size(), 1U);
  EXPECT_EQ(client.calls()[0].verb, "delete");
  EXPECT_EQ(client.calls()[0].key, kKey);
}

TEST(FakeKubeClientTest, TouchWritesStatusAsTheJobControllerDoes) {
  FakeKubeClient client;
  const json before = client.Put(kJobs, Job());
  ASSERT_TRUE(client.Touch(kJobs, kKey, {{"status", {{"succeeded", 1}}}}));
  const json after = client.Find(kJobs, kKey);
  EXPECT_EQ(after["status"]["succeeded"], 1);
  EXPECT_EQ(after["metadata"]["uid"], before["metadata"]["uid"]);
  EXPECT_NE(after["metadata"]["resourceVersion"], before["metadata"]["resourceVersion"]);
  EXPECT_FALSE(client.Touch(kJobs, {"shop", "b"}, json::object()));
}

TEST(FakeKubeClientTest, EndWatchesEndsThemWell) {
  FakeKubeClient client;
  WatchRecorder watch(&client, kJobs, "shop", "", "100");
  client.Put(kJobs, Job());
  ASSERT_TRUE(watch.WaitForCount(1));
  client.EndWatches();
  EXPECT_TRUE(watch.WaitForEnd().ok());
  EXPECT_EQ(client.watch_count(), 0);
}

TEST(FakeKubeClientTest, CompactEndsARunningWatchThatIsBehind) {
  FakeKubeClient client;
  WatchRecorder watch(&client, kJobs, "shop", "", "100");
  client.Put(kJobs, Job());
  ASSERT_TRUE(watch.WaitForCount(1));
  client.Compact();
  EXPECT_EQ(watch.WaitForEnd().code(), absl::StatusCode::kOutOfRange);
}

}  // namespace
}  // namespace dba::kube
