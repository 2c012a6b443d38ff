// SPDX-License-Identifier: Apache-2.0
#include "dbagent/credentials/extra_grants.h"

#include "common/testing/status_matchers.h"

namespace dba::agent {
namespace {

TEST(ExtraGrantsTest, AllowsWhatTheEngineHas) {
  EXPECT_OK(CheckExtraGrant(Engine::kPostgresql, {{"Truncate", "Trigger"}, "Table", "s.t"}));
  EXPECT_OK(CheckExtraGrant(Engine::kPostgresql, {{"Usage"}, "Schema", "s"}));
  EXPECT_OK(CheckExtraGrant(Engine::kMysql, {{"Execute"}, "Function", "f"}));
  EXPECT_OK(CheckExtraGrant(Engine::kMariadb, {{"Trigger"}, "Database", ""}));
}

TEST(ExtraGrantsTest, NamesWhatTheEngineLacks) {
  const auto refused = [](Engine engine, const ExtraGrant& grant, const char* words) {
    EXPECT_THAT(CheckExtraGrant(engine, grant),
                StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr(words)));
  };
  refused(Engine::kMariadb, {{"Select", "Truncate"}, "Table", "t"}, "MariaDB has no Truncate on Table");
  refused(Engine::kMysql, {{"Usage"}, "Sequence", "s"}, "MySQL has no Usage on Sequence");
  refused(Engine::kPostgresql, {{"Select"}, "Database", ""}, "PostgreSQL has no Select on Database");
  refused(Engine::kPostgresql, {{"Create"}, "Schema", "s"}, "it has Usage");
  refused(Engine::kPostgresql, {{"SELECT"}, "Table", "t"}, "has no SELECT");
  refused(Engine::kPostgresql, {{"Select"}, "Role", "t"}, "on Role");
}

TEST(ExtraGrantsTest, NeedsPrivilegesAndAName) {
  for (const ExtraGrant& grant : {ExtraGrant{{}, "Table", "t"}, ExtraGrant{{"Select"}, "Table", ""},
                                  ExtraGrant{{"Select"}, "Table", std::string(513, 'x')}}) {
    EXPECT_THAT(CheckExtraGrant(Engine::kPostgresql, grant), StatusIs(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_THAT(CheckExtraGrant(Engine::kMysql, {{"Select"}, "Database", "mysql"}),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("no name")));
}

TEST(ExtraGrantsTest, PrivilegesAreSqlWords) {
  EXPECT_EQ(PrivilegesSql({{"Select", "References"}, "Table", "t"}), "SELECT, REFERENCES");
}

}  // namespace
}  // namespace dba::agent
