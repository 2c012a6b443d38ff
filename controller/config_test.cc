// SPDX-License-Identifier: Apache-2.0
#include "controller/config.h"

#include <string>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "common/testing/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ConfigTest : public testing::Test {
 protected:
  void Set(absl::string_view flag, absl::string_view value) {
    std::string error;
    ASSERT_TRUE(absl::FindCommandLineFlag(flag)->ParseFrom(value, &error)) << error;
  }

  absl::FlagSaver saver_;
};

TEST_F(ConfigTest, DefaultsNeedOnlyALease) {
  Set("lease_namespace", "ops");
  ASSERT_OK_AND_ASSIGN(const Config config, ConfigFromFlags());
  EXPECT_EQ(config.workers, 10);
  EXPECT_EQ(config.resync, absl::Seconds(60));
  EXPECT_EQ(config.admin_host, "0.0.0.0");
  EXPECT_EQ(config.admin_port, 9090);
  EXPECT_EQ(config.lease_namespace, "ops");
  EXPECT_FALSE(config.agents.insecure);
}

TEST_F(ConfigTest, EachProcessHasAnotherIdentity) {
  Set("leader_elect", "false");
  setenv("POD_NAME", "pod-1", 1);
  ASSERT_OK_AND_ASSIGN(const Config a, ConfigFromFlags());
  ASSERT_OK_AND_ASSIGN(const Config b, ConfigFromFlags());
  unsetenv("POD_NAME");
  EXPECT_THAT(a.identity, StartsWith("pod-1_"));
  EXPECT_NE(a.identity, b.identity);
}

TEST_F(ConfigTest, TheLeaseIsWhereTheWorkIs) {
  Set("namespace", "shop");
  ASSERT_OK_AND_ASSIGN(const Config config, ConfigFromFlags());
  EXPECT_EQ(config.lease_namespace, "shop");
}

struct Case {
  const char* flag;
  const char* value;
  const char* message;
};

class BadFlagTest : public ConfigTest, public testing::WithParamInterface<Case> {};

TEST_P(BadFlagTest, IsRefusedByName) {
  Set("leader_elect", "false");
  Set(GetParam().flag, GetParam().value);
  EXPECT_THAT(ConfigFromFlags(),
              StatusIs(absl::StatusCode::kInvalidArgument, AllOf(HasSubstr(GetParam().message), HasSubstr("--help"))));
}

INSTANTIATE_TEST_SUITE_P(All, BadFlagTest,
                         testing::Values(Case{"workers", "0", "--workers"}, Case{"workers", "257", "--workers"},
                                         Case{"resync", "10ms", "--resync"},
                                         Case{"admin_listen", "9090", "--admin_listen"},
                                         Case{"admin_listen", "h:65536", "--admin_listen"},
                                         Case{"log_level", "loud", "--log_level"},
                                         Case{"leader_elect", "true", "--lease_namespace"}),
                         [](const auto& test) { return std::string(test.param.flag) + std::to_string(test.index); });

}  // namespace
}  // namespace dba
