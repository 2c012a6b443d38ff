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

TEST_F(VersionReaderTest, OnPostgresATableOutOfReachIsUnknown) {
  // The fake says "not found" of the catalog query too, which leaves the answer open.
  EXPECT_EQ(Read(FindPreset("Alembic"), Engine::kPostgresql).state, State::kUnknown);
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
