// SPDX-License-Identifier: Apache-2.0
#include "dbagent/version/version_reader.h"

#include <string>
#include <vector>

#include "common/testing/status_matchers.h"
#include "dbagent/testing/fake_database.h"

namespace dba::agent {
namespace {

using State = SchemaVersion::State;
constexpr char kAlembicSql[] = "SELECT version_num FROM alembic_version";

class VersionReaderTest : public testing::Test {
 protected:
  SchemaVersion Read(const VersionSource& source, Engine engine = Engine::kMariadb) {
    return ReadSchemaVersion(database_, engine, source, absl::InfiniteFuture());
  }
  FakeDatabase database_;
};

TEST_F(VersionReaderTest, AlembicIsTheSortedSetOfHeads) {
  database_.SetRows(kAlembicSql, {{"version_num"}, {{"b"}, {"a"}, {"b"}}});
  const SchemaVersion version = Read(FindPreset("Alembic"));
  EXPECT_EQ(version.state, State::kKnown);
  EXPECT_EQ(version.versions, (std::vector<std::string>{"a", "b"}));
}

TEST_F(VersionReaderTest, AnEmptyOrMissingTableIsNone) {
  EXPECT_EQ(Read(FindPreset("Alembic")).state, State::kNone);
  database_.SetRows(kAlembicSql, {{"version_num"}, {}});
  EXPECT_EQ(Read(FindPreset("Alembic")).state, State::kNone);
}

TEST_F(VersionReaderTest, WhatCannotBeReadIsUnknown) {
  for (const absl::Status& error : {absl::PermissionDeniedError("no"), absl::DeadlineExceededError("late"),
                                    absl::UnavailableError("away"), absl::InternalError("?")}) {
    database_.FailWith(error);
    const SchemaVersion version = Read(FindPreset("Alembic"));
    EXPECT_EQ(version.state, State::kUnknown);
    EXPECT_EQ(version.detail, error.message());
  }
}

TEST_F(VersionReaderTest, PostgresIsAskedWhereTheTableIsFirst) {
  const std::string where =
      "SELECT pg_catalog.to_regclass('\"alembic_version\"') IS NOT NULL, (SELECT n.nspname FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND "
      "c.relname = 'alembic_version' AND n.nspname !~ '^pg_' ORDER BY 1 LIMIT 1)";
  const auto read = [this] { return Read(FindPreset("Alembic"), Engine::kPostgresql); };
  EXPECT_EQ(read().state, State::kUnknown) << "the catalog does not answer";
  database_.SetRows(where, {{"a", "b"}, {{"f", std::nullopt}}});
  EXPECT_EQ(read().state, State::kNone);
  database_.SetRows(where, {{"a", "b"}, {{"f", "hidden"}}});
  EXPECT_EQ(read().state, State::kUnknown) << "out of reach is not absent";
  EXPECT_NE(read().detail.find("schema hidden"), std::string::npos);
  database_.SetRows(where, {{"a", "b"}, {{"t", "public"}}});
  database_.SetRows(kAlembicSql, {{"version_num"}, {{"a"}}});
  EXPECT_EQ(read().state, State::kKnown);
}

TEST_F(VersionReaderTest, AQueryMayMarkDirt) {
  database_.SetRows("q", {{"version", "DIRTY"}, {{"7", "f"}, {"8", "1"}}});
  const SchemaVersion version = Read(std::string("q"));
  EXPECT_EQ(version.state, State::kDirty);
  EXPECT_EQ(version.versions, (std::vector<std::string>{"7", "8"}));
  EXPECT_NE(version.detail.find("8"), std::string::npos);
  database_.SetRows("q", {{"version", "dirty"}, {{"7", "0"}}});
  EXPECT_EQ(Read(std::string("q")).state, State::kKnown);
}

TEST_F(VersionReaderTest, AnAlembicRowWithoutAVersionIsUnknown) {
  database_.SetRows(kAlembicSql, {{"version_num"}, {{std::nullopt}}});
  EXPECT_EQ(Read(FindPreset("Alembic")).state, State::kUnknown);
}

TEST(PresetTest, UnknownNamesAreNotFound) { EXPECT_EQ(FindPreset("alembic "), nullptr); }

}  // namespace
}  // namespace dba::agent
