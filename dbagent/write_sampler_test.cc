// SPDX-License-Identifier: Apache-2.0
#include "dbagent/write_sampler.h"

#include <memory>

#include "absl/time/clock.h"
#include "common/clock.h"
#include "common/testing/status_matchers.h"
#include "dbagent/testing/fake_database.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::agent {
namespace {

using ::testing::HasSubstr;

class WriteSamplerTest : public ::testing::Test {
 protected:
  hints::Fact<hints::WriteRate> Rate(const std::string& table) {
    return sampler_.Rates({{"public", table}}, absl::Minutes(5), absl::Now() + absl::Seconds(10))[0];
  }

  RealClock clock_;
  std::shared_ptr<FakeDatabase> database_ = std::make_shared<FakeDatabase>();
  WriteSampler sampler_{[this] { return std::shared_ptr<Database>(database_); }, &clock_};
};

TEST_F(WriteSamplerTest, CountsOverAWindowThatItTells) {
  database_->SetWrites("public.image", 100);
  const auto quiet = Rate("image");
  ASSERT_TRUE(quiet.known()) << quiet.why();
  EXPECT_EQ(quiet->per_second, 0);
  EXPECT_GE(quiet->window, absl::Seconds(2));
  database_->SetWrites("public.image", 1100);
  const auto busy = Rate("image");
  ASSERT_TRUE(busy.known());
  EXPECT_NEAR(busy->per_second, 1000 / absl::ToDoubleSeconds(busy->window), 1);
  // A counter that fell says nothing: it begins anew.
  database_->SetWrites("public.image", 5);
  const auto reset = Rate("image");
  ASSERT_TRUE(reset.known());
  EXPECT_EQ(reset->per_second, 0);
}

TEST_F(WriteSamplerTest, TellsWhyItDoesNotKnow) {
  EXPECT_THAT(Rate("gone").why(), HasSubstr("no such table"));
  database_->SetWrites("public.image", 100);
  const auto hurried =
      sampler_.Rates({{"public", "image"}}, absl::Minutes(5), absl::Now() + absl::Milliseconds(200))[0];
  EXPECT_THAT(hurried.why(), HasSubstr("long enough"));
  database_->FailWith(absl::UnavailableError("the server is away"));
  EXPECT_THAT(Rate("image").why(), HasSubstr("away"));
}

}  // namespace
}  // namespace dba::agent
