// SPDX-License-Identifier: Apache-2.0
//
// What every KubeClient does, stated once: included by a test of the fake and by a test of the real client on a real
// kube-apiserver, so that the fake cannot drift from the truth. The includer instantiates KubeClientContractTest.
#ifndef DBA_CONTROLLER_TESTING_KUBE_CLIENT_CONTRACT_TEST_H_
#define DBA_CONTROLLER_TESTING_KUBE_CLIENT_CONTRACT_TEST_H_

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "controller/kube/kube_client.h"
#include "controller/kube/resource.h"
#include "controller/testing/watch_recorder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace dba::kube {

// A kind of our own with the status subresource and conditions as a list map; its CRD is in integration/testdata.
inline constexpr Resource kWidgets{"test.dbaoperator.dev", "v1", "widgets", "Widget"};

struct KubeClientContractParam {
  std::string name;
  std::function<std::unique_ptr<KubeClient>()> make_client;
  // Makes version 1 too old for a watch; on a real API server it is from the start.
  std::function<void(KubeClient*)> forget_history;
};
inline void PrintTo(const KubeClientContractParam& param, std::ostream* os) { *os << param.name; }

class KubeClientContractTest : public testing::TestWithParam<KubeClientContractParam> {
 protected:
  using json = nlohmann::json;

  void SetUp() override {
    client_ = GetParam().make_client();
    const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
    for (const char c : test.substr(0, test.find('/'))) space_.push_back(static_cast<char>(tolower(c)));
    const json space = {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", space_}}}};
    ASSERT_TRUE(client_->Create(kNamespaces, space).ok());
  }

  json Widget(const std::string& name, json extra = json::object()) const {
    json object = {{"apiVersion", "test.dbaoperator.dev/v1"},
                   {"kind", "Widget"},
                   {"metadata", {{"name", name}, {"namespace", space_}}}};
    object.merge_patch(extra);
    return object;
  }
  ObjectKey Key(const std::string& name) const { return {space_, name}; }

  json MustCreate(const json& object) { return Must(client_->Create(kWidgets, object)); }
  json MustGet(const std::string& name) { return Must(client_->Get(kWidgets, Key(name))); }
  json MustPatch(const std::string& name, const json& patch) {
    return Must(client_->MergePatch(kWidgets, Key(name), patch));
  }
  json MustApply(const json& object, const std::string& manager, const std::string& subresource = "") {
    return Must(client_->Apply(kWidgets, object, manager, subresource));
  }
  static json Must(const absl::StatusOr<json>& result) {
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : json{{"metadata", json::object()}};
  }
  static std::string Version(const json& object) { return object["metadata"].value("resourceVersion", ""); }
  static std::string Uid(const json& object) { return object["metadata"].value("uid", ""); }
  static int Generation(const json& object) { return object["metadata"].value("generation", 0); }

  std::vector<std::string> Names(const std::string& selector) {
    const absl::StatusOr<ObjectList> list = client_->List(kWidgets, space_, selector);
    EXPECT_TRUE(list.ok()) << list.status();
    std::vector<std::string> names;
    if (!list.ok()) return names;
    for (const json& item : list->items) names.push_back(item["metadata"]["name"]);
    return names;
  }

  std::unique_ptr<KubeClient> client_;
  std::string space_;
};

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
