// SPDX-License-Identifier: Apache-2.0
#include "dbagent/credentials/mark.h"

#include "gtest/gtest.h"

namespace dba::agent {
namespace {

TEST(MarkTest, SurvivesFormatAndParse) {
  const std::optional<Mark> mark = ParseMark(FormatMark({"owner\"1", kMigratorKind, "v1'\\"}));
  ASSERT_TRUE(mark.has_value());
  EXPECT_EQ(mark->owner, "owner\"1");
  EXPECT_EQ(mark->kind, kMigratorKind);
  EXPECT_EQ(mark->version, "v1'\\");
}

TEST(MarkTest, KeepsTheEpochAndTheDigest) {
  Mark mark = {"owner", kGroupKind, ""};
  EXPECT_EQ(ParseMark(FormatMark(mark))->epoch, 0u);
  mark.epoch = 18446744073709551615u;
  mark.password_digest = "digest";
  EXPECT_EQ(ParseMark(FormatMark(mark))->epoch, mark.epoch);
  EXPECT_EQ(ParseMark(FormatMark(mark))->password_digest, "digest");
}

TEST(MarkTest, OtherCommentsAreNoMarks) {
  for (const char* text :
       {"", "the shop's role", "{}", "[]", "{\"managedBy\":\"other\",\"owner\":\"o\",\"kind\":\"group\"}",
        "{\"managedBy\":\"dba-operator\",\"owner\":\"\",\"kind\":\"group\"}",
        "{\"managedBy\":\"dba-operator\",\"owner\":7,\"kind\":\"group\"}", "{\"managedBy\":"}) {
    EXPECT_FALSE(ParseMark(text).has_value()) << text;
  }
}

TEST(MarkTest, GroupRolesDifferByOwnerAndFitPostgres) {
  const GroupRoles one = GroupRolesOf("uid-1");
  EXPECT_NE(one.owner, GroupRolesOf("uid-2").owner);
  EXPECT_EQ(one.owner.size(), 28u);
  EXPECT_EQ(one.read_write.substr(0, 7), "dba_rw_");
  EXPECT_NE(one.read_write, one.read_only);
}

TEST(MarkTest, KindsHaveNames) {
  for (const AccountKind kind : {AccountKind::kApplication, AccountKind::kMigrator}) {
    EXPECT_EQ(KindFromName(KindName(kind)), kind);
  }
  EXPECT_FALSE(KindFromName(kGroupKind).has_value());
}

}  // namespace
}  // namespace dba::agent
