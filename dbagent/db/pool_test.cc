// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/pool.h"

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "common/testing/status_matchers.h"

namespace dba::agent {
namespace {

struct Fake {
  bool broken = false;
  bool reusable() const { return !broken; }
};

class PoolTest : public testing::Test {
 protected:
  static absl::Time In(absl::Duration duration) { return absl::Now() + duration; }
  std::atomic<int> connected_{0};
  absl::Status failure_;
  Pool<Fake> pool_{[this](absl::Time) -> absl::StatusOr<std::unique_ptr<Fake>> {
                     if (!failure_.ok()) return failure_;
                     ++connected_;
                     return std::make_unique<Fake>();
                   },
                   /*max_open=*/3, /*max_idle=*/2};
};

TEST_F(PoolTest, ReusesAConnection) {
  {
    ASSERT_OK_AND_ASSIGN(const auto lease, pool_.Acquire(In(absl::Seconds(1))));
    EXPECT_FALSE(lease.reused());
  }
  ASSERT_OK_AND_ASSIGN(const auto lease, pool_.Acquire(In(absl::Seconds(1))));
  EXPECT_TRUE(lease.reused());
  EXPECT_EQ(connected_, 1);
}

TEST_F(PoolTest, ThrowsABrokenConnectionAway) {
  {
    ASSERT_OK_AND_ASSIGN(const auto lease, pool_.Acquire(In(absl::Seconds(1))));
    lease->broken = true;
  }
  EXPECT_EQ(pool_.open(), 0u);
}

TEST_F(PoolTest, IsBoundedAndKeepsFewAtRest) {
  {
    std::vector<Pool<Fake>::Lease> leases;
    for (int i = 0; i < 3; ++i) {
      absl::StatusOr<Pool<Fake>::Lease> lease = pool_.Acquire(In(absl::Seconds(1)));
      ASSERT_OK(lease);
      leases.push_back(*std::move(lease));
    }
    EXPECT_THAT(pool_.Acquire(In(absl::Milliseconds(20))).status(), StatusIs(absl::StatusCode::kResourceExhausted));
  }
  EXPECT_EQ(pool_.open(), 2u);
  pool_.CloseIdle();
  EXPECT_EQ(pool_.open(), 0u);
}

TEST_F(PoolTest, AFailedConnectGivesItsPlaceBack) {
  failure_ = absl::UnavailableError("away");
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(pool_.Acquire(In(absl::Seconds(1))).status(), StatusIs(absl::StatusCode::kUnavailable));
  }
  EXPECT_EQ(pool_.open(), 0u);
}

TEST_F(PoolTest, AWaiterGetsTheConnectionThatComesBack) {
  std::vector<std::thread> threads;
  std::atomic<int> served{0};
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      if (pool_.Acquire(In(absl::Seconds(20))).ok()) ++served;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served, 12);
  EXPECT_LE(pool_.open(), 2u);
}

}  // namespace
}  // namespace dba::agent
