// SPDX-License-Identifier: Apache-2.0
#include "dbagent/metrics/data_collector.h"

#include <memory>
#include <string>

#include "common/clock.h"
#include "common/testing/status_matchers.h"
#include "common/testing/wait_for.h"
#include "dbagent/testing/fake_database.h"
#include "prometheus/text_serializer.h"

namespace dba::agent {
namespace {

class DataCollectorTest : public testing::Test {
 protected:
  std::string Scrape() const { return prometheus::TextSerializer().Serialize(collector_.Collect()); }
  bool Shows(const std::string& line) const {
    return WaitFor([&] { return Scrape().find(line) != std::string::npos; }, absl::Seconds(10));
  }
  static DataMetricsConfig Config() {
    DataMetricsConfig config;
    config.database = "shop/main";
    config.digest = "digest-1";
    config.interval = absl::Seconds(1);
    return config;
  }
  static RowSet OneCell(const std::string& text) { return {{"n"}, {{text}}}; }

  RealClock clock_;
  std::shared_ptr<FakeDatabase> database_ = std::make_shared<FakeDatabase>();
  DataCollector collector_{[this]() -> absl::StatusOr<std::shared_ptr<Database>> { return database_; }, &clock_};
};

TEST_F(DataCollectorTest, PublishesTablesAndQueries) {
  database_->SetTable("image", 1000, 42);
  database_->SetRows("SELECT 7", OneCell("7.5"));
  DataMetricsConfig config = Config();
  config.table_rows = {"image"};
  config.next_ids = {"image"};
  config.queries = {{"database_users", "Users.", false, "SELECT 7", {{"kind", "all"}}, absl::Seconds(1)}};
  ASSERT_OK(collector_.Configure(config));
  EXPECT_EQ(collector_.digest(), "digest-1");
  EXPECT_TRUE(Shows("database_table_rows_estimate{database=\"shop/main\",table=\"image\"} 1000")) << Scrape();
  EXPECT_TRUE(Shows("database_table_next_id{database=\"shop/main\",table=\"image\"} 42"));
  EXPECT_TRUE(Shows("database_users{database=\"shop/main\",kind=\"all\"} 7.5"));
  EXPECT_TRUE(Shows("dba_database_up{database=\"shop/main\"} 1"));
  EXPECT_TRUE(Shows(
      "dba_data_metric_last_success_timestamp_seconds{database=\"shop/main\",kind=\"all\",metric=\"database_users\"}"));
}

TEST_F(DataCollectorTest, AFailingMetricKeepsItsValueAndOthersGoOn) {
  database_->SetTable("image", 1000, 42);
  DataMetricsConfig config = Config();
  config.table_rows = {"image"};
  ASSERT_OK(collector_.Configure(config));
  ASSERT_TRUE(Shows("} 1000"));
  database_->FailWith(absl::UnavailableError("away"));
  EXPECT_TRUE(
      Shows("dba_data_metric_errors_total{database=\"shop/"
            "main\",metric=\"database_table_rows_estimate\",table=\"image\"} 1"));
  EXPECT_NE(Scrape().find("} 1000"), std::string::npos);
  database_->FailWith(absl::OkStatus());
  database_->SetTable("image", 1001, 42);
  EXPECT_TRUE(Shows("} 1001"));
}

TEST_F(DataCollectorTest, RefusesWhatIsNotAFiniteNumber) {
  database_->SetRows("a", OneCell("NaN"));
  database_->SetRows("b", OneCell("text"));
  DataMetricsConfig config = Config();
  config.queries = {{"database_a", "A.", false, "a", {}, absl::Seconds(1)},
                    {"database_b", "B.", false, "b", {}, absl::Seconds(1)}};
  ASSERT_OK(collector_.Configure(config));
  EXPECT_TRUE(Shows("dba_data_metric_errors_total{database=\"shop/main\",metric=\"database_a\"} 1"));
  EXPECT_TRUE(Shows("dba_data_metric_errors_total{database=\"shop/main\",metric=\"database_b\"} 1"));
  EXPECT_EQ(Scrape().find("\ndatabase_a{"), std::string::npos);
}

TEST_F(DataCollectorTest, ARefusedConfigurationLeavesTheEarlierOne) {
  ASSERT_OK(collector_.Configure(Config()));
  DataMetricsConfig bad = Config();
  bad.digest = "digest-2";
  bad.interval = absl::ZeroDuration();
  EXPECT_THAT(collector_.Configure(bad), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(collector_.digest(), "digest-1");
}

TEST_F(DataCollectorTest, MetricsThatWereTakenOutAreGone) {
  database_->SetTable("image", 1000, 42);
  DataMetricsConfig config = Config();
  config.table_rows = {"image"};
  ASSERT_OK(collector_.Configure(config));
  ASSERT_TRUE(Shows("} 1000"));
  ASSERT_OK(collector_.Configure(Config()));
  EXPECT_EQ(Scrape().find("image"), std::string::npos);
}

}  // namespace
}  // namespace dba::agent
