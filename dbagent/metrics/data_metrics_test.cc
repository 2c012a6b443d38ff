// SPDX-License-Identifier: Apache-2.0
#include "dbagent/metrics/data_metrics.h"

#include <functional>
#include <string>

#include "common/testing/status_matchers.h"

namespace dba::agent {
namespace {

DataMetricsConfig Good() {
  DataMetricsConfig config;
  config.database = "shop/main";
  config.table_rows = {"image", "public.\"a.b\""};
  config.next_ids = {"image"};
  config.queries = {{"database_users", "Users.", false, "SELECT 1", {{"kind", "all"}}, absl::Seconds(30)},
                    {"database_users", "Users.", false, "SELECT 2", {{"kind", "new"}}, absl::Seconds(30)}};
  return config;
}

TEST(DataMetricsTest, TakesAGoodConfiguration) { EXPECT_OK(CheckDataMetrics(Good())); }

TEST(DataMetricsTest, RefusesEachMistake) {
  const std::function<void(DataMetricsConfig&)> mistakes[] = {
      [](auto& c) { c.database.clear(); },
      [](auto& c) { c.table_rows.push_back("image"); },
      [](auto& c) { c.next_ids.push_back("a.b.c"); },
      [](auto& c) { c.interval = absl::Milliseconds(999); },
      [](auto& c) { c.table_rows.assign(201, "t"); },
      [](auto& c) { c.queries[0].name = "users"; },
      [](auto& c) { c.queries[0].name = "database_Users"; },
      [](auto& c) { c.queries[0].name = "database_users_total"; },
      [](auto& c) { c.queries[0].name = "database_table_next_id"; },
      [](auto& c) { c.queries[0].name = "database_query_duration_seconds_count"; },
      [](auto& c) { c.queries[0].counter = true; },
      [](auto& c) { c.queries[0].help.clear(); },
      [](auto& c) { c.queries[0].help = "two\nlines"; },
      [](auto& c) { c.queries[1].help = "Other."; },
      [](auto& c) { c.queries[0].sql.clear(); },
      [](auto& c) { c.queries[0].labels["database"] = "x"; },
      [](auto& c) { c.queries[0].labels["9"] = "x"; },
      [](auto& c) { c.queries[0].labels["x"] = std::string(129, 'x'); },
      [](auto& c) { c.queries[1].labels = c.queries[0].labels; },
      [](auto& c) { c.queries[0].interval = absl::Hours(25); },
  };
  int number = 0;
  for (const auto& mistake : mistakes) {
    DataMetricsConfig config = Good();
    mistake(config);
    EXPECT_THAT(CheckDataMetrics(config), StatusIs(absl::StatusCode::kInvalidArgument)) << number;
    ++number;
  }
}

}  // namespace
}  // namespace dba::agent
