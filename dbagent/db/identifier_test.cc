// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/identifier.h"

#include <string>

#include "common/testing/status_matchers.h"

namespace dba::agent {
namespace {

TEST(IdentifierTest, AccountNames) {
  EXPECT_OK(CheckAccountName("dba_0123456789abcdef"));
  for (const std::string name : {"", "A", "a-b", "a'b", "pg_x", "\xc3\xa9"})
    EXPECT_FALSE(CheckAccountName(name).ok()) << name;
  EXPECT_OK(CheckAccountName(std::string(32, 'a')));
  EXPECT_FALSE(CheckAccountName(std::string(33, 'a')).ok());
}

TEST(IdentifierTest, Quotes) {
  EXPECT_EQ(QuotePostgresIdentifier("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(QuotePostgresLiteral("a'b"), "'a''b'");
  EXPECT_EQ(QuotePostgresLiteral("a\\'b"), " E'a\\\\''b'");
  EXPECT_EQ(QuoteMysqlIdentifier("a`b"), "`a``b`");
  EXPECT_EQ(QuoteMysqlLiteral("a\\'b"), "'a\\''b'");
  EXPECT_EQ(QuoteMysqlGrantDatabase("a_b%`"), "`a\\_b\\%```");
}

TEST(IdentifierTest, TableNames) {
  ASSERT_OK_AND_ASSIGN(TableName name, ParseTableName("image"));
  EXPECT_EQ(name.schema, "");
  EXPECT_EQ(name.table, "image");
  ASSERT_OK_AND_ASSIGN(name, ParseTableName("\"s.1\".\"a\"\"b\""));
  EXPECT_EQ(name.schema, "s.1");
  EXPECT_EQ(name.table, "a\"b");
  for (const std::string text : {"", ".", "a.", ".a", "a.b.c", "\"a", "\"a\"b", "a\"b\""}) {
    EXPECT_FALSE(ParseTableName(text).ok()) << text;
  }
}

}  // namespace
}  // namespace dba::agent
