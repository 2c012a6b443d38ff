// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hint_checker.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/mutex.h"
#include "common/testing/status_matchers.h"
#include "dbagent/hints/hint.h"
#include "dbagent/probe_queue.h"
#include "dbagent/testing/fake_database.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::agent {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kAddColumn[] =
    R"({"operation": "AddColumn", "table": "image", "column": {"name": "a", "type": "integer", "nullable": true, "default": "None"}})";
constexpr char kCreateIndex[] =
    R"({"operation": "CreateIndex", "table": "image", "name": "by_label", "columns": ["label"]})";
constexpr char kNotNull[] =
    R"({"operation": "AlterColumn", "table": "image", "column": {"name": "label", "nullable": false}})";

// Its queries over rows go on until they are let end.
class SlowDatabase : public FakeDatabase {
 public:
  absl::StatusOr<hints::ProbeAnswer> Probe(const hints::DataProbe&, absl::Duration, absl::Time) override {
    MutexLock lock(&mutex_);
    running_ = true;
    changed_.SignalAll();
    while (!let_end_) changed_.Wait(&mutex_);
    return hints::ProbeAnswer::Clean(absl::Now());
  }
  void AwaitRunning() {
    MutexLock lock(&mutex_);
    while (!running_) changed_.Wait(&mutex_);
  }
  void LetEnd() {
    MutexLock lock(&mutex_);
    let_end_ = true;
    changed_.SignalAll();
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool running_ ABSL_GUARDED_BY(mutex_) = false;
  bool let_end_ ABSL_GUARDED_BY(mutex_) = false;
};

class HintCheckerTest : public ::testing::Test {
 protected:
  HintCheckerTest() {
    hints::HintFacts facts;
    facts.server.version = 150010;
    facts.default_schema = "public";
    facts.types["integer"] = {"integer", false, 'b'};
    hints::TableFacts image;
    image.requested = {"", "image"};
    image.name = {"public", "image"};
    image.kind = hints::TableKind::kTable;
    image.rows = 1e7;
    image.bytes = int64_t{1} << 31;
    image.lock_holders = std::vector<hints::LockHolder>();
    image.columns.resize(1);
    image.columns[0].name = "label";
    image.columns[0].type = "text";
    facts.tables = {image};
    facts.old_writers = std::vector<hints::OldWriter>();
    database_->SetFacts(facts);
    database_->SetWrites("public.image", 100);
  }

  std::vector<hints::Finding> Check(const char* hint, absl::Duration limit = absl::Seconds(10)) {
    const absl::Time begin = absl::Now();
    const auto check =
        checker_.Check(*database_, {hints::ParseHint(*ParseJson(hint))}, hints::Policy(), "", begin + limit);
    took_ = absl::Now() - begin;
    EXPECT_OK(check);
    return check.ok() ? check->evaluation.findings : std::vector<hints::Finding>();
  }

  RealClock clock_;
  std::shared_ptr<SlowDatabase> database_ = std::make_shared<SlowDatabase>();
  WriteSampler sampler_{[this] { return std::shared_ptr<Database>(database_); }, &clock_};
  HintChecker checker_{&sampler_};
  absl::Duration took_;
};

TEST_F(HintCheckerTest, CountsWritesOnlyWhereAFindingMayDependOnThem) {
  EXPECT_THAT(Check(kAddColumn), IsEmpty());
  EXPECT_LT(took_, absl::Milliseconds(900)) << "it waited for a second sample";
  const std::vector<hints::Finding> findings = Check(kCreateIndex);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, "index.large");
  EXPECT_EQ(findings[0].evidence.at("writes_per_second"), "0.0");
  // What is known by now is told at once.
  Check(kCreateIndex);
  EXPECT_LT(took_, absl::Milliseconds(900));
}

TEST_F(HintCheckerTest, NeverTakesAnUnknownRateForNone) {
  // Too short for a second sample.
  const std::vector<hints::Finding> findings = Check(kCreateIndex, absl::Milliseconds(500));
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[1].rule, "index.busy");
  EXPECT_TRUE(findings[1].unknown);
  EXPECT_THAT(findings[1].message, HasSubstr("not counted for long enough"));
}

TEST_F(HintCheckerTest, AnotherChecksQueriesAreWaitedForWithinTheOwnLimit) {
  std::thread other([&] {
    const auto findings = Check(kNotNull);
    EXPECT_TRUE(findings.empty() || findings[0].rule != "not_null.nulls") << findings[0].message;
  });
  database_->AwaitRunning();
  const absl::Time begin = absl::Now();
  const auto check = checker_.Check(*database_, {hints::ParseHint(*ParseJson(kNotNull))}, hints::Policy(), "",
                                    begin + absl::Milliseconds(300));
  const absl::Duration waited = absl::Now() - begin;
  database_->LetEnd();
  other.join();
  EXPECT_LT(waited, absl::Milliseconds(1300));
  ASSERT_OK(check);
  ASSERT_FALSE(check->evaluation.findings.empty());
  EXPECT_EQ(check->evaluation.findings[0].rule, "not_null.nulls");
  EXPECT_TRUE(check->evaluation.findings[0].unknown);
  EXPECT_TRUE(check->evaluation.findings[0].transient);
  EXPECT_THAT(check->evaluation.findings[0].message, HasSubstr("another check is running"));
}

TEST(ProbeQueueTest, WhoGivesUpLeavesTheTurnToTheNext) {
  ProbeQueue queue;
  {
    const ProbeQueue::Turn first(&queue, absl::InfinitePast());
    EXPECT_TRUE(first.taken());
    const ProbeQueue::Turn second(&queue, absl::Now() + absl::Milliseconds(10));
    EXPECT_FALSE(second.taken());
  }
  const ProbeQueue::Turn third(&queue, absl::Now());
  EXPECT_TRUE(third.taken());
}

}  // namespace
}  // namespace dba::agent
