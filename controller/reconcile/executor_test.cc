// SPDX-License-Identifier: Apache-2.0
//
// A withdrawal and a giving back of one credential that do not know of each other: see docs/adr/0010-quarantine.md.
// What the executor does with other actions is tested through Reconciler.
#include "controller/reconcile/executor.h"

#include <string>

#include "common/testing/fake_random.h"
#include "common/testing/status_matchers.h"
#include "controller/kube/resource.h"
#include "controller/reconcile/secret_builder.h"
#include "controller/testing/fake_agent_client.h"
#include "controller/testing/fake_kube_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

constexpr char kSecret[] = "shop-v1";
constexpr char kCopy[] = "shop-v1-copy";

class ExecutorTest : public ::testing::Test {
 protected:
  ExecutorTest() {
    world_.database.meta = {};
    world_.database.meta.name_space = "ns";
    world_.database.meta.name = "shop";
    world_.database.meta.uid = "uid-1";
    api::DatabaseView view;
    view.host = "db";
    view.port = 5432;
    const auto secret = BuildSecret(world_.database, view, {kSecret, plan::SecretRole::kApplication, "v1", "dba_1"},
                                    Secret("only for a test"));
    EXPECT_OK(secret);
    EXPECT_OK(kube_.Create(kube::kSecrets, secret.ok() ? *secret : nlohmann::json()));
  }

  absl::StatusOr<Effect> Do(const plan::Action& action) { return executor_.Execute(world_, action); }
  absl::StatusOr<Effect> Withdraw() { return Do(plan::QuarantineSecret{kCopy, kSecret, "v1", "dba_1"}); }

  // The same Secret as it is now, for an action on it.
  template <typename Action>
  Action OnWhatIsThere(const std::string& name) {
    const absl::StatusOr<nlohmann::json> secret = kube_.Get(kube::kSecrets, {"ns", name});
    EXPECT_OK(secret);
    if (!secret.ok()) return {};
    return {name, (*secret)["metadata"]["uid"], (*secret)["metadata"]["resourceVersion"]};
  }

  kube::FakeKubeClient kube_;
  agent::FakeAgentDirectory agents_;
  FakeRandom random_;
  Executor executor_{&kube_, &agents_, &random_, nullptr};
  plan::World world_;
};

TEST_F(ExecutorTest, ADeletionDecidedBeforeASecretWasKeptIsRefused) {
  for (int i = 0; i < 2; ++i) {  // also when it was kept before
    const auto deletion = OnWhatIsThere<plan::DeleteSecret>(kSecret);
    EXPECT_THAT(Do(OnWhatIsThere<plan::KeepSecret>(kSecret)), IsOkAndHolds(Effect::kChanged));
    EXPECT_THAT(Do(deletion), StatusIs(absl::StatusCode::kAborted));
  }
  EXPECT_THAT(Do(OnWhatIsThere<plan::DeleteSecret>(kSecret)), IsOkAndHolds(Effect::kChanged));
}

TEST_F(ExecutorTest, ASecretThatIsGoneOrAnotherOneIsNotKept) {
  const auto keep = OnWhatIsThere<plan::KeepSecret>(kSecret);
  ASSERT_OK(Withdraw());
  ASSERT_OK(Do(OnWhatIsThere<plan::DeleteSecret>(kSecret)));
  EXPECT_THAT(Do(keep), StatusIs(absl::StatusCode::kAborted));
  ASSERT_OK(Do(plan::RestoreSecret{kSecret, kCopy, "v1", "dba_1"}));
  EXPECT_THAT(Do(keep), StatusIs(absl::StatusCode::kAborted));
}

TEST_F(ExecutorTest, AWithdrawalKeepsTheCopyThatIsThereAlready) {
  ASSERT_OK(Withdraw());
  const auto forget = OnWhatIsThere<plan::DeleteSecret>(kCopy);
  ASSERT_OK(Withdraw());
  EXPECT_THAT(Do(forget), StatusIs(absl::StatusCode::kAborted));
}

TEST_F(ExecutorTest, AGivingBackKeepsThePublishedSecretThatIsThereAlready) {
  ASSERT_OK(Withdraw());
  const auto withdrawal = OnWhatIsThere<plan::DeleteSecret>(kSecret);
  ASSERT_OK(Do(plan::RestoreSecret{kSecret, kCopy, "v1", "dba_1"}));
  EXPECT_THAT(Do(withdrawal), StatusIs(absl::StatusCode::kAborted));
}

}  // namespace
}  // namespace dba
