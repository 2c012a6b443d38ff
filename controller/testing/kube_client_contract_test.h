// SPDX-License-Identifier: Apache-2.0
//
// What every KubeClient does, stated once: included by a test of the fake and by a test of the real client on a real
// kube-apiserver, so that the fake cannot drift from the truth. The includer instantiates KubeClientContractTest.
#ifndef DBA_CONTROLLER_TESTING_KUBE_CLIENT_CONTRACT_TEST_H_
#define DBA_CONTROLLER_TESTING_KUBE_CLIENT_CONTRACT_TEST_H_

#include <string>

#include "controller/testing/kube_client_contract_apply_test.h"
#include "controller/testing/kube_client_contract_fixture.h"
#include "controller/testing/kube_client_contract_objects_test.h"
#include "controller/testing/watch_recorder.h"
#include "gmock/gmock.h"

namespace dba::kube {

TEST_P(KubeClientContractTest, AnImmutableSecretKeepsItsData) {
  const json secret = {{"apiVersion", "v1"},
                       {"kind", "Secret"},
                       {"immutable", true},
                       {"metadata", {{"name", "a"}, {"namespace", space_}}},
                       {"stringData", {{"username", "dba"}}}};
  const json created = Must(client_->Create(kSecrets, secret));
  EXPECT_EQ(created["data"], (json{{"username", "ZGJh"}}));
  EXPECT_FALSE(created.contains("stringData"));
  EXPECT_EQ(created["type"], "Opaque");
  const auto patch = [&](const json& change) { return client_->MergePatch(kSecrets, Key("a"), change).status(); };
  EXPECT_EQ(patch({{"data", {{"username", "eA=="}}}}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(patch({{"immutable", nullptr}}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(patch({{"metadata", {{"labels", {{"x", "y"}}}}}}).ok());
}

TEST_P(KubeClientContractTest, AJobIsReleasedOnceItsUidIsKnown) {
  const json pod = {{"restartPolicy", "Never"}, {"containers", {{{"name", "m"}, {"image", "x"}}}}};
  const json job = {{"apiVersion", "batch/v1"},
                    {"kind", "Job"},
                    {"metadata", {{"name", "a"}, {"namespace", space_}}},
                    {"spec", {{"suspend", true}, {"template", {{"spec", pod}}}}}};
  const json created = Must(client_->Create(kJobs, job));
  EXPECT_EQ(created["spec"]["suspend"], true);
  const auto release = [&](const std::string& uid) {
    return client_->MergePatch(kJobs, Key("a"), {{"metadata", {{"uid", uid}}}, {"spec", {{"suspend", false}}}});
  };
  EXPECT_EQ(release("11111111-2222-4333-8444-555555555555").status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Must(release(Uid(created)))["spec"]["suspend"], false);
  const json other_image = {{"spec", {{"template", {{"spec", {{"restartPolicy", "OnFailure"}}}}}}}};
  EXPECT_EQ(client_->MergePatch(kJobs, Key("a"), other_image).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_P(KubeClientContractTest, WatchTellsEveryChangeSinceTheList) {
  const absl::StatusOr<ObjectList> list = client_->List(kWidgets, space_, "");
  ASSERT_TRUE(list.ok()) << list.status();
  MustCreate(Widget("a", {{"spec", {{"x", 1}}}}));
  WatchRecorder watch(client_.get(), kWidgets, space_, "", list->resource_version);
  ASSERT_TRUE(watch.WaitForCount(1));
  MustPatch("a", {{"spec", {{"x", 2}}}});
  ASSERT_TRUE(client_->Delete(kWidgets, Key("a"), {}).ok());
  ASSERT_TRUE(watch.WaitForCount(3));
  EXPECT_THAT(watch.Texts(), testing::ElementsAre("ADDED a", "MODIFIED a", "DELETED a"));
  EXPECT_EQ(watch.Event(1).object["spec"]["x"], 2);
  EXPECT_EQ(watch.Stop().code(), absl::StatusCode::kCancelled);
}

TEST_P(KubeClientContractTest, WatchFollowsItsSelector) {
  const json in = {{"metadata", {{"labels", {{"app", "x"}}}}}};
  const json out = {{"metadata", {{"labels", {{"app", nullptr}}}}}};
  const absl::StatusOr<ObjectList> list = client_->List(kWidgets, space_, "app=x");
  ASSERT_TRUE(list.ok()) << list.status();
  WatchRecorder watch(client_.get(), kWidgets, space_, "app=x", list->resource_version);
  MustCreate(Widget("a"));
  MustPatch("a", in);
  MustPatch("a", {{"spec", {{"x", 1}}}});
  MustPatch("a", out);
  MustCreate(Widget("b", in));
  ASSERT_TRUE(watch.WaitForCount(4));
  EXPECT_THAT(watch.Texts(), testing::ElementsAre("ADDED a", "MODIFIED a", "DELETED a", "ADDED b"));
}

TEST_P(KubeClientContractTest, WatchRefusesAForgottenVersion) {
  MustCreate(Widget("a"));
  GetParam().forget_history(client_.get());
  WatchRecorder watch(client_.get(), kWidgets, space_, "", "1");
  EXPECT_EQ(watch.WaitForEnd().code(), absl::StatusCode::kOutOfRange);
}

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_TESTING_KUBE_CLIENT_CONTRACT_TEST_H_
