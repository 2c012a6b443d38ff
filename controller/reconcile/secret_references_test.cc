// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile/secret_references.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace dba {
namespace {

using ::nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

json PodWith(const char* spec) { return {{"metadata", {{"name", "p"}}}, {"spec", json::parse(spec)}}; }

struct Case {
  const char* name;
  const char* spec;
};

class EveryWayTest : public testing::TestWithParam<Case> {};

TEST_P(EveryWayTest, IsFound) { EXPECT_THAT(SecretsOfPod(PodWith(GetParam().spec)), ElementsAre("s")); }

INSTANTIATE_TEST_SUITE_P(
    , EveryWayTest,
    testing::Values(
        Case{"Env",
             R"({"containers":[{},{"env":[{"name":"A","value":"b"},{"valueFrom":{"secretKeyRef":{"name":"s"}}}]}]})"},
        Case{"OptionalEnv",
             R"({"containers":[{"env":[{"valueFrom":{"secretKeyRef":{"name":"s","optional":true}}}]}]})"},
        Case{"EnvFrom", R"({"containers":[{"envFrom":[{"configMapRef":{"name":"c"}},{"secretRef":{"name":"s"}}]}]})"},
        Case{"InitContainer", R"({"initContainers":[{"envFrom":[{"secretRef":{"name":"s"}}]}]})"},
        Case{"EphemeralContainer",
             R"({"ephemeralContainers":[{"env":[{"valueFrom":{"secretKeyRef":{"name":"s"}}}]}]})"},
        Case{"Volume", R"({"volumes":[{"emptyDir":{}},{"secret":{"secretName":"s"}}]})"},
        Case{"Projected",
             R"({"volumes":[{"projected":{"sources":[{"serviceAccountToken":{}},{"secret":{"name":"s"}}]}}]})"},
        Case{"Csi", R"({"volumes":[{"csi":{"driver":"d","nodePublishSecretRef":{"name":"s"}}}]})"},
        Case{"Cephfs", R"({"volumes":[{"cephfs":{"secretRef":{"name":"s"}}}]})"},
        Case{"FlexVolume", R"({"volumes":[{"flexVolume":{"secretRef":{"name":"s"}}}]})"},
        Case{"Rbd", R"({"volumes":[{"rbd":{"secretRef":{"name":"s"}}}]})"},
        Case{"AzureFile", R"({"volumes":[{"azureFile":{"secretName":"s"}}]})"},
        Case{"ImagePull", R"({"imagePullSecrets":[{"name":"s"}]})"}),
    [](const auto& test) { return test.param.name; });

TEST(SecretsOfPodTest, APodThatEndedUsesNothing) {
  for (const char* phase : {"Succeeded", "Failed"}) {
    json pod = PodWith(R"({"imagePullSecrets":[{"name":"s"}]})");
    pod["status"]["phase"] = phase;
    EXPECT_THAT(SecretsOfPod(pod), IsEmpty()) << phase;
  }
}

TEST(SecretsOfPodTest, APodThatIsPendingUnknownOrBeingDeletedStillUses) {
  for (const char* phase : {"Pending", "Running", "Unknown"}) {
    json pod = PodWith(R"({"imagePullSecrets":[{"name":"s"}]})");
    pod["status"]["phase"] = phase;
    pod["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
    EXPECT_THAT(SecretsOfPod(pod), ElementsAre("s")) << phase;
  }
}

TEST(SecretsOfPodTest, OddShapesArePassedOver) {
  EXPECT_THAT(SecretsOfPod(json(nullptr)), IsEmpty());
  EXPECT_THAT(SecretsOfPod(json{{"spec", 1}}), IsEmpty());
  EXPECT_THAT(
      SecretsOfPod(PodWith(R"({"containers":{"env":[]},"volumes":[1,{"secret":"x"},{"secret":{"secretName":3}}]})")),
      IsEmpty());
}

}  // namespace
}  // namespace dba
