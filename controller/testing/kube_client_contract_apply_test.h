// SPDX-License-Identifier: Apache-2.0
//
// What server-side apply does, and who writes a status.
#ifndef DBA_CONTROLLER_TESTING_KUBE_CLIENT_CONTRACT_APPLY_TEST_H_
#define DBA_CONTROLLER_TESTING_KUBE_CLIENT_CONTRACT_APPLY_TEST_H_

#include "controller/testing/kube_client_contract_fixture.h"
#include "gmock/gmock.h"

namespace dba::kube {

TEST_P(KubeClientContractTest, ApplyCreatesThenChanges) {
  const json first = MustApply(Widget("a", {{"spec", {{"x", 1}}}}), "m");
  EXPECT_EQ(first["spec"]["x"], 1);
  const json second = MustApply(Widget("a", {{"spec", {{"x", 2}}}}), "m");
  EXPECT_EQ(second["spec"]["x"], 2);
  EXPECT_EQ(Uid(second), Uid(first));
  EXPECT_EQ(Generation(second), Generation(first) + 1);
}

TEST_P(KubeClientContractTest, AnApplyThatChangesNothingIsNoWrite) {
  const json first = MustApply(Widget("a", {{"spec", {{"x", 1}}}}), "m");
  EXPECT_EQ(Version(MustApply(Widget("a", {{"spec", {{"x", 1}}}}), "m")), Version(first));
}

TEST_P(KubeClientContractTest, ApplyRemovesWhatItsManagerNoLongerSends) {
  MustApply(Widget("a", {{"spec", {{"x", 1}, {"y", 1}}}}), "m");
  MustPatch("a", {{"spec", {{"z", 1}}}});
  const json after = MustApply(Widget("a", {{"spec", {{"x", 1}}}}), "m");
  EXPECT_EQ(after["spec"], (json{{"x", 1}, {"z", 1}}));
}

TEST_P(KubeClientContractTest, ApplyKeepsAndTakesOverOtherManagersFields) {
  MustApply(Widget("a", {{"spec", {{"x", 1}, {"y", 1}}}}), "m");
  const json taken = MustApply(Widget("a", {{"spec", {{"x", 2}}}}), "n");
  EXPECT_EQ(taken["spec"], (json{{"x", 2}, {"y", 1}}));
  const json after = MustApply(Widget("a", {{"spec", {{"y", 1}}}}), "m");
  EXPECT_EQ(after["spec"], (json{{"x", 2}, {"y", 1}})) << "m no longer owns x, so leaving it out removes nothing";
}

TEST_P(KubeClientContractTest, ApplyWithAStaleVersionIsRefused) {
  const json first = MustApply(Widget("a", {{"spec", {{"x", 1}}}}), "m");
  const json second = MustPatch("a", {{"spec", {{"x", 2}}}});
  const json stale = Widget("a", {{"metadata", {{"resourceVersion", Version(first)}}}, {"spec", {{"x", 3}}}});
  EXPECT_EQ(client_->Apply(kWidgets, stale, "m", "").status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(MustGet("a"), second);
  const json fresh = Widget("a", {{"metadata", {{"resourceVersion", Version(second)}}}, {"spec", {{"x", 3}}}});
  EXPECT_TRUE(client_->Apply(kWidgets, fresh, "m", "").ok());
}

TEST_P(KubeClientContractTest, ApplyWithAUidNeverCreates) {
  const json first = MustApply(Widget("a"), "m");
  const json of_first = Widget("a", {{"metadata", {{"uid", Uid(first)}}}, {"spec", {{"x", 1}}}});
  EXPECT_TRUE(client_->Apply(kWidgets, of_first, "m", "").ok());
  ASSERT_TRUE(client_->Delete(kWidgets, Key("a"), {}).ok());
  EXPECT_EQ(client_->Apply(kWidgets, of_first, "m", "").status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(client_->Get(kWidgets, Key("a")).status().code(), absl::StatusCode::kNotFound);
  MustApply(Widget("a"), "m");
  EXPECT_EQ(client_->Apply(kWidgets, of_first, "m", "").status().code(), absl::StatusCode::kAborted);
}

TEST_P(KubeClientContractTest, ApplyWithAVersionAloneCreatesWhatIsGone) {
  const json first = MustApply(Widget("a"), "m");
  ASSERT_TRUE(client_->Delete(kWidgets, Key("a"), {}).ok());
  const json stale = Widget("a", {{"metadata", {{"resourceVersion", Version(first)}}}});
  EXPECT_TRUE(client_->Apply(kWidgets, stale, "m", "").ok()) << "the API server ignores it on creation: send the uid";
}

TEST_P(KubeClientContractTest, OnlyTheSubresourceWritesStatus) {
  const json created = MustCreate(Widget("a", {{"spec", {{"x", 1}}}, {"status", {{"s", 1}}}}));
  EXPECT_FALSE(created.contains("status"));
  EXPECT_FALSE(MustPatch("a", {{"status", {{"s", 1}}}}).contains("status"));
  EXPECT_FALSE(MustApply(Widget("a", {{"status", {{"s", 1}}}}), "m").contains("status"));
  const json after = MustApply(Widget("a", {{"spec", {{"x", 9}}}, {"status", {{"s", 2}}}}), "m", "status");
  EXPECT_EQ(after["status"]["s"], 2);
  EXPECT_EQ(after["spec"]["x"], 1);
  EXPECT_EQ(Generation(after), Generation(created));
  EXPECT_NE(Version(after), Version(created));
  EXPECT_EQ(Version(MustApply(Widget("a", {{"status", {{"s", 2}}}}), "m", "status")), Version(after));
}

TEST_P(KubeClientContractTest, StatusApplyKeepsItsPrecondition) {
  const json first = MustCreate(Widget("a"));
  MustPatch("a", {{"spec", {{"x", 1}}}});
  const json stale = Widget("a", {{"metadata", {{"resourceVersion", Version(first)}}}, {"status", {{"s", 1}}}});
  EXPECT_EQ(client_->Apply(kWidgets, stale, "m", "status").status().code(), absl::StatusCode::kAborted);
}

TEST_P(KubeClientContractTest, ConditionsMergeByType) {
  const auto condition = [](const char* type, const char* status) { return json{{"type", type}, {"status", status}}; };
  const auto with = [&](const json& conditions) { return Widget("a", {{"status", {{"conditions", conditions}}}}); };
  MustCreate(Widget("a"));
  MustApply(with({condition("Ready", "True"), condition("Stalled", "False")}), "m", "status");
  const json both = MustApply(with(json::array({condition("Other", "True")})), "n", "status");
  EXPECT_EQ(both["status"]["conditions"].size(), 3U);
  const json after = MustApply(with(json::array({condition("Ready", "False")})), "m", "status");
  EXPECT_THAT(after["status"]["conditions"],
              testing::UnorderedElementsAre(condition("Ready", "False"), condition("Other", "True")));
}

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_TESTING_KUBE_CLIENT_CONTRACT_APPLY_TEST_H_
