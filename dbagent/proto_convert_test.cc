// SPDX-License-Identifier: Apache-2.0
#include "dbagent/proto_convert.h"

#include <functional>
#include <string>
#include <vector>

#include "common/testing/status_matchers.h"

namespace dba::agent {
namespace {

v1::EnsureAccountRequest Application() {
  v1::EnsureAccountRequest request;
  request.set_owner("owner-1");
  request.set_name("dba_a");
  request.set_kind(v1::ACCOUNT_KIND_APPLICATION);
  request.set_version("v1");
  request.set_password("canary");
  request.set_privileges(v1::PRIVILEGES_READ_ONLY);
  return request;
}

TEST(ProtoConvertTest, TakesGoodAccounts) {
  ASSERT_OK_AND_ASSIGN(const AccountSpec application, FromProto(Application()));
  EXPECT_EQ(application.privileges, Privileges::kReadOnly);
  EXPECT_EQ(application.password.Reveal(), "canary");
  v1::EnsureAccountRequest request = Application();
  request.set_kind(v1::ACCOUNT_KIND_MIGRATOR);
  request.clear_privileges();
  request.mutable_lock_timeout()->set_nanos(500000000);
  ASSERT_OK_AND_ASSIGN(const AccountSpec migrator, FromProto(request));
  EXPECT_EQ(migrator.kind, AccountKind::kMigrator);
  EXPECT_EQ(migrator.lock_timeout, absl::Milliseconds(500));
}

TEST(ProtoConvertTest, TakesTheFenceAndTheExtras) {
  v1::EnsureAccountRequest request = Application();
  request.set_epoch(18446744073709551615u);
  request.set_replace_password(true);
  v1::Grant* grant = request.add_extra_grants();
  grant->add_privileges("Select");
  grant->add_privileges("Insert");
  grant->set_kind("Table");
  grant->set_name("image");
  ASSERT_OK_AND_ASSIGN(const AccountSpec application, FromProto(request));
  EXPECT_EQ(application.epoch, 18446744073709551615u);
  EXPECT_TRUE(application.replace_password);
  ASSERT_EQ(application.extra_grants.size(), 1u);
  EXPECT_EQ(application.extra_grants[0].privileges, (std::vector<std::string>{"Select", "Insert"}));
  EXPECT_EQ(application.extra_grants[0].name, "image");
  EXPECT_FALSE(FromProto(Application())->replace_password);
  v1::BeginMigrationRequest begin;
  EXPECT_FALSE(FromProto(begin).ok()) << "no owner";
  begin.set_owner("owner-1");
  begin.set_epoch(7);
  begin.add_expected_versions("b");
  begin.add_expected_versions("a");
  ASSERT_OK_AND_ASSIGN(const MigrationStart start, FromProto(begin));
  EXPECT_EQ(start.epoch, 7u);
  EXPECT_EQ(start.expected_versions, (std::vector<std::string>{"a", "b"}));
}

TEST(ProtoConvertTest, RefusesEachWrongField) {
  const std::function<void(v1::EnsureAccountRequest&)> mistakes[] = {
      [](auto& r) { r.clear_owner(); },
      [](auto& r) { r.set_owner("a\nb"); },
      [](auto& r) { r.set_name("Robert'); DROP"); },
      [](auto& r) { r.clear_kind(); },
      [](auto& r) { r.clear_version(); },
      [](auto& r) { r.clear_password(); },
      [](auto& r) { r.set_password(std::string("canary\0", 7)); },
      [](auto& r) { r.set_password(std::string(1025, 'x')); },
      [](auto& r) { r.clear_privileges(); },
      [](auto& r) { r.mutable_lock_timeout()->set_seconds(1); },
      [](auto& r) { r.set_connection_limit(1); },
      [](auto& r) {
        for (int i = 0; i < 101; ++i) r.add_extra_grants();
      },
      [](auto& r) {
        r.set_kind(v1::ACCOUNT_KIND_MIGRATOR);
        r.set_connection_limit(10001);
      },
      [](auto& r) {
        r.set_kind(v1::ACCOUNT_KIND_MIGRATOR);
        r.add_extra_grants();
      },
      [](auto& r) {
        r.set_kind(v1::ACCOUNT_KIND_MIGRATOR);
        r.mutable_lock_timeout()->set_seconds(0);
      },
  };
  int number = 0;
  for (const auto& mistake : mistakes) {
    v1::EnsureAccountRequest request = Application();
    mistake(request);
    EXPECT_THAT(FromProto(request),
                StatusIs(absl::StatusCode::kInvalidArgument, testing::Not(testing::HasSubstr("canary"))))
        << number;
    ++number;
  }
}

TEST(ProtoConvertTest, VersionTables) {
  v1::VersionTable table;
  EXPECT_FALSE(FromProto(table).ok());
  table.set_preset(v1::VersionTable::PRESET_UNSPECIFIED);
  EXPECT_FALSE(FromProto(table).ok());
  table.set_preset(v1::VersionTable::PRESET_ALEMBIC);
  EXPECT_OK(FromProto(table));
  table.set_query("");
  EXPECT_FALSE(FromProto(table).ok());
  table.set_query("SELECT 1");
  ASSERT_OK_AND_ASSIGN(const VersionSource source, FromProto(table));
  EXPECT_EQ(std::get<std::string>(source), "SELECT 1");
}

TEST(ProtoConvertTest, TimesAndStatesTravel) {
  Account account;
  account.obstacles = {"member human"};
  account.sessions = {{"7", "10.0.0.1", "app", absl::FromUnixMillis(1500)}, {"8", "", "", absl::InfinitePast()}};
  const v1::Account out = ToProto(account);
  EXPECT_EQ(out.obstacles(0), "member human");
  EXPECT_EQ(out.sessions(0).since().seconds(), 1);
  EXPECT_EQ(out.sessions(0).since().nanos(), 500000000);
  EXPECT_FALSE(out.sessions(1).has_since());
  SchemaVersion version;
  version.state = SchemaVersion::State::kDirty;
  EXPECT_EQ(ToProto(version).state(), v1::SchemaVersion::STATE_DIRTY);
}

TEST(ProtoConvertTest, QueriesTakeTheCommonInterval) {
  v1::ConfigureDataMetricsRequest request;
  request.mutable_metrics()->mutable_interval()->set_seconds(7);
  request.mutable_metrics()->add_queries()->set_name("database_a");
  v1::DataMetrics::Query* own = request.mutable_metrics()->add_queries();
  own->mutable_interval()->set_seconds(9);
  own->set_type(v1::DataMetrics::Query::TYPE_COUNTER);
  const DataMetricsConfig config = FromProto(request);
  EXPECT_EQ(config.queries[0].interval, absl::Seconds(7));
  EXPECT_FALSE(config.queries[0].counter);
  EXPECT_EQ(config.queries[1].interval, absl::Seconds(9));
  EXPECT_TRUE(config.queries[1].counter);
}

}  // namespace
}  // namespace dba::agent
