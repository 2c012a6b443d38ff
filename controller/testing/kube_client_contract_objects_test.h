// SPDX-License-Identifier: Apache-2.0
//
// What every KubeClient does with objects: created, listed, patched, deleted, with their preconditions.
#ifndef DBA_CONTROLLER_TESTING_KUBE_CLIENT_CONTRACT_OBJECTS_TEST_H_
#define DBA_CONTROLLER_TESTING_KUBE_CLIENT_CONTRACT_OBJECTS_TEST_H_

#include <string>

#include "controller/testing/kube_client_contract_fixture.h"
#include "gmock/gmock.h"

namespace dba::kube {

TEST_P(KubeClientContractTest, ReturnsWhatWasCreated) {
  const json created = MustCreate(Widget("a", {{"spec", {{"size", 9007199254740993}, {"unknown", {1, 2}}}}}));
  EXPECT_FALSE(Uid(created).empty());
  EXPECT_FALSE(Version(created).empty());
  EXPECT_EQ(created["spec"]["size"], 9007199254740993);
  EXPECT_EQ(MustGet("a"), created);
}

TEST_P(KubeClientContractTest, RefusesASecondObjectOfTheSameName) {
  MustCreate(Widget("a"));
  EXPECT_EQ(client_->Create(kWidgets, Widget("a")).status().code(), absl::StatusCode::kAlreadyExists);
}

TEST_P(KubeClientContractTest, SaysWhatIsAbsent) {
  const absl::Status status = client_->Get(kWidgets, Key("a")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr(space_ + "/a"));
  EXPECT_EQ(client_->Delete(kWidgets, Key("a"), {}).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(client_->MergePatch(kWidgets, Key("a"), {{"spec", {{"x", 1}}}}).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(client_->Apply(kWidgets, Widget("a", {{"status", {{"x", 1}}}}), "m", "status").status().code(),
            absl::StatusCode::kNotFound);
}

TEST_P(KubeClientContractTest, RefusesABadName) {
  EXPECT_EQ(client_->Create(kWidgets, Widget("Not_DNS")).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_P(KubeClientContractTest, ListsByLabels) {
  MustCreate(Widget("a", {{"metadata", {{"labels", {{"app", "x"}, {"tier", "1"}}}}}}));
  MustCreate(Widget("b", {{"metadata", {{"labels", {{"app", "y"}}}}}}));
  MustCreate(Widget("c"));
  using testing::ElementsAre;
  EXPECT_THAT(Names(""), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Names("app=x"), ElementsAre("a"));
  EXPECT_THAT(Names("app!=x"), ElementsAre("b", "c"));
  EXPECT_THAT(Names("app in (x,y)"), ElementsAre("a", "b"));
  EXPECT_THAT(Names("app notin (x),app"), ElementsAre("b"));
  EXPECT_THAT(Names("app,tier=1"), ElementsAre("a"));
  EXPECT_THAT(Names("!app"), ElementsAre("c"));
  EXPECT_EQ(client_->List(kWidgets, space_, "a in (").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_P(KubeClientContractTest, ListsOneNamespaceOrAll) {
  MustCreate(Widget("a"));
  const absl::StatusOr<ObjectList> other = client_->List(kWidgets, "kube-system", "");
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_TRUE(other->items.empty());
  EXPECT_FALSE(other->resource_version.empty());
  const absl::StatusOr<ObjectList> all = client_->List(kWidgets, "", "");
  ASSERT_TRUE(all.ok()) << all.status();
  bool found = false;
  for (const json& item : all->items) found = found || item["metadata"]["namespace"] == space_;
  EXPECT_TRUE(found);
  EXPECT_EQ(all->items.front()["kind"], "Widget") << "items carry their kind, as a single object does";
}

TEST_P(KubeClientContractTest, MergePatchSetsAndRemovesFields) {
  const json before = MustCreate(Widget("a", {{"spec", {{"x", 1}, {"y", 2}}}}));
  const json after = MustPatch("a", {{"spec", {{"x", nullptr}, {"z", {3}}}}});
  EXPECT_EQ(after["spec"], (json{{"y", 2}, {"z", {3}}}));
  EXPECT_NE(Version(after), Version(before));
  EXPECT_EQ(Generation(after), Generation(before) + 1);
}

TEST_P(KubeClientContractTest, APatchThatChangesNothingIsNoWrite) {
  const json before = MustCreate(Widget("a", {{"spec", {{"x", 1}}}}));
  EXPECT_EQ(Version(MustPatch("a", {{"spec", {{"x", 1}}}})), Version(before));
}

TEST_P(KubeClientContractTest, MergePatchKeepsItsPreconditions) {
  const json first = MustCreate(Widget("a", {{"spec", {{"x", 1}}}}));
  const json second = MustPatch("a", {{"spec", {{"x", 2}}}});
  const auto patch = [&](const char* field, const std::string& value) {
    return client_->MergePatch(kWidgets, Key("a"), {{"metadata", {{field, value}}}, {"spec", {{"x", 3}}}}).status();
  };
  EXPECT_EQ(patch("resourceVersion", Version(first)).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(patch("uid", "11111111-2222-4333-8444-555555555555").code(), absl::StatusCode::kAborted);
  EXPECT_EQ(MustGet("a"), second);
  EXPECT_TRUE(patch("resourceVersion", Version(second)).ok());
  EXPECT_TRUE(patch("uid", Uid(second)).ok());
}

TEST_P(KubeClientContractTest, DeleteKeepsItsPreconditions) {
  const json first = MustCreate(Widget("a", {{"spec", {{"x", 1}}}}));
  const json second = MustPatch("a", {{"spec", {{"x", 2}}}});
  EXPECT_EQ(client_->Delete(kWidgets, Key("a"), {"11111111-2222-4333-8444-555555555555", ""}).code(),
            absl::StatusCode::kAborted);
  EXPECT_EQ(client_->Delete(kWidgets, Key("a"), {Uid(second), Version(first)}).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(MustGet("a"), second);
  EXPECT_TRUE(client_->Delete(kWidgets, Key("a"), {Uid(second), Version(second)}).ok());
  EXPECT_EQ(client_->Get(kWidgets, Key("a")).status().code(), absl::StatusCode::kNotFound);
}

TEST_P(KubeClientContractTest, ARecreatedObjectHasAnotherUid) {
  const json first = MustCreate(Widget("a"));
  ASSERT_TRUE(client_->Delete(kWidgets, Key("a"), {}).ok());
  EXPECT_NE(Uid(MustCreate(Widget("a"))), Uid(first));
}

TEST_P(KubeClientContractTest, AFinalizerHoldsADeletedObject) {
  const json created = MustCreate(Widget("a", {{"metadata", {{"finalizers", {"test.dbaoperator.dev/hold"}}}}}));
  ASSERT_TRUE(client_->Delete(kWidgets, Key("a"), {}).ok());
  const json held = MustGet("a");
  EXPECT_TRUE(held["metadata"].contains("deletionTimestamp"));
  EXPECT_EQ(Uid(held), Uid(created));
  EXPECT_TRUE(client_->Delete(kWidgets, Key("a"), {}).ok());
  MustPatch("a", {{"metadata", {{"finalizers", nullptr}}}});
  EXPECT_EQ(client_->Get(kWidgets, Key("a")).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_TESTING_KUBE_CLIENT_CONTRACT_OBJECTS_TEST_H_
