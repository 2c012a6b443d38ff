// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile/workload_references.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/testing/status_matchers.h"
#include "controller/testing/fake_kube_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

using ::nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const json kPodSpec = {{"containers", {{{"name", "a"}, {"envFrom", {{{"secretRef", {{"name", "shop-v1"}}}}}}}}}};

class WorkloadReferencesTest : public ::testing::Test {
 protected:
  WorkloadReferencesTest() { database_.meta.name_space = "ns"; }

  void Put(const kube::Resource& resource, const std::string& name, json rest) {
    rest["metadata"]["name"] = name;
    rest["metadata"]["namespace"] = "ns";
    kube_.Put(resource, rest);
  }

  void PutTemplate(const kube::Resource& resource, const std::string& name, json rest = json::object()) {
    rest["spec"]["template"]["spec"] = kPodSpec;
    Put(resource, name, rest);
  }

  // "Deployment web", in brackets what is no use.
  std::vector<std::string> Found() {
    const auto found = FindReferences(kube_, database_, {"shop-v1"});
    EXPECT_OK(found);
    std::vector<std::string> users;
    for (const plan::SecretReference& reference : *found) {
      users.push_back(reference.is_use ? reference.user : absl::StrCat("[", reference.user, "]"));
    }
    return users;
  }

  kube::FakeKubeClient kube_;
  api::ManagedDatabase database_;
};

TEST_F(WorkloadReferencesTest, FindsPodsAndTheTemplatesOfEveryKindAtAnyScale) {
  Put(kube::kPods, "p", {{"spec", kPodSpec}, {"status", {{"phase", "Pending"}}}});
  Put(kube::kPods, "done", {{"spec", kPodSpec}, {"status", {{"phase", "Succeeded"}}}});
  PutTemplate({"apps", "v1", "deployments", "Deployment"}, "web", {{"spec", {{"replicas", 0}}}});
  PutTemplate({"apps", "v1", "statefulsets", "StatefulSet"}, "queue");
  PutTemplate({"apps", "v1", "daemonsets", "DaemonSet"}, "agent");
  PutTemplate({"", "v1", "replicationcontrollers", "ReplicationController"}, "old");
  PutTemplate(kube::kJobs, "running");
  PutTemplate(kube::kJobs, "ended", {{"status", {{"conditions", {{{"type", "Complete"}, {"status", "True"}}}}}}});
  Put({"batch", "v1", "cronjobs", "CronJob"}, "nightly",
      {{"spec", {{"jobTemplate", {{"spec", {{"template", {{"spec", kPodSpec}}}}}}}}}});
  EXPECT_THAT(Found(), UnorderedElementsAre("Pod p", "Deployment web", "StatefulSet queue", "DaemonSet agent",
                                            "ReplicationController old", "Job running", "CronJob nightly"));
}

TEST_F(WorkloadReferencesTest, AnOldRevisionIsNoUse) {
  const kube::Resource kReplicaSets = {"apps", "v1", "replicasets", "ReplicaSet"};
  const json owner = {{"ownerReferences", {{{"kind", "Deployment"}, {"name", "web"}}}}};
  PutTemplate(kReplicaSets, "web-1", {{"metadata", owner}, {"spec", {{"replicas", 0}}}});
  PutTemplate(kReplicaSets, "web-2", {{"metadata", owner}, {"spec", {{"replicas", 2}}}});
  PutTemplate(kReplicaSets, "alone", {{"spec", {{"replicas", 0}}}});
  EXPECT_THAT(Found(),
              UnorderedElementsAre("[ReplicaSet web-1 (old revision)]", "ReplicaSet web-2", "ReplicaSet alone"));
}

TEST_F(WorkloadReferencesTest, FurtherKindsAreFoundByPath) {
  database_.spec.credentials.referenced_by = {{"example.dev/v1", "Widget", "widgets", {"spec.from[].name"}}};
  Put({"example.dev", "v1", "widgets", "Widget"}, "w",
      {{"spec", {{"from", {{{"name", "other"}}, {{"name", "shop-v1"}}, 7}}}}});
  EXPECT_THAT(Found(), ElementsAre("Widget w"));
}

TEST_F(WorkloadReferencesTest, AListThatFailsIsUnknownAndNamesTheResource) {
  for (const char* resource : {"pods", "deployments", "replicasets", "statefulsets", "daemonsets", "cronjobs", "jobs",
                               "replicationcontrollers"}) {
    kube_.FailNext("list", resource, absl::PermissionDeniedError("forbidden"));
    EXPECT_THAT(FindReferences(kube_, database_, {"shop-v1"}),
                StatusIs(absl::StatusCode::kPermissionDenied, AllOf(HasSubstr(resource), HasSubstr("k8s/rbac.yaml"))))
        << resource;
  }
  kube_.FailNext("list", "pods", absl::OutOfRangeError("the list was cut"));
  EXPECT_THAT(FindReferences(kube_, database_, {"shop-v1"}).status(), StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(StringsAtTest, FollowsNamesAndArrays) {
  const json object = json::parse(R"({"a": {"b": [{"c": "1"}, {"c": ["2", 3]}, "x"]}, "d": "4"})");
  EXPECT_THAT(StringsAt(object, "d"), ElementsAre("4"));
  EXPECT_THAT(StringsAt(object, "a.b[].c"), ElementsAre("1"));
  EXPECT_THAT(StringsAt(object, "a.b[].c[]"), ElementsAre("2"));
  EXPECT_THAT(StringsAt(object, "a.b.c"), IsEmpty());
  EXPECT_THAT(StringsAt(object, "no.such[]"), IsEmpty());
}

}  // namespace
}  // namespace dba
