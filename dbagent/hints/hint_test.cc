// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/hint.h"

#include <string>

#include "common/testing/status_matchers.h"
#include "dbagent/hints/expression.h"
#include "dbagent/hints/pg_type_change.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::agent::hints {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<Hint> Parse(const std::string& text) { return ParseHint(*ParseJson(text)); }

std::string ErrorOf(const std::string& text) { return std::string(Parse(text).status().message()); }

TEST(HintTest, ReadsEveryField) {
  const auto hint = Parse(R"({"operation":"AddColumn","table":"shop.image","transaction":"t1","algorithm":"Instant",
      "column":{"name":"x","type":"int","nullable":false,"default":"Constant","position":"First",
                "references":{"table":"repo","columns":["id"]}}})");
  ASSERT_OK(hint);
  EXPECT_EQ(hint->table.schema, "shop");
  EXPECT_EQ(hint->transaction, "t1");
  EXPECT_EQ(hint->algorithm, Algorithm::kInstant);
  EXPECT_EQ(hint->column->nullable, false);
  EXPECT_EQ(hint->column->default_kind, DefaultKind::kConstant);
  EXPECT_EQ(hint->column->references->columns[0], "id");
  EXPECT_FALSE(hint->column->generated.has_value());
}

TEST(HintTest, SaysWhatIsWrongAndWhatIsAllowed) {
  EXPECT_THAT(ErrorOf(R"({"table":"a"})"), HasSubstr("operation is missing; it may be AddColumn"));
  EXPECT_THAT(ErrorOf(R"({"operation":"Explode","table":"a"})"), HasSubstr("operation is \"Explode\"; it may be"));
  EXPECT_THAT(ErrorOf(R"({"operation":"DropTable"})"), HasSubstr("table is missing"));
  EXPECT_THAT(ErrorOf(R"({"operation":"DropTable","table":"a","colum":1})"), HasSubstr("no field colum"));
  EXPECT_THAT(ErrorOf(R"({"operation":"AddColumn","table":"a"})"), HasSubstr("AddColumn needs column.name"));
  EXPECT_THAT(ErrorOf(R"({"operation":"AddColumn","table":"a","column":{"name":"x","default":"Maybe"}})"),
              HasSubstr("column.default is \"Maybe\"; it may be None, Constant"));
  EXPECT_THAT(ErrorOf(R"({"operation":"CreateIndex","table":"a","columns":"x"})"), HasSubstr("a list of texts"));
  EXPECT_THAT(ErrorOf(R"({"operation":"CreateIndex","table":"a","columns":["x"],"unique":"yes"})"),
              HasSubstr("unique must be true or false"));
  EXPECT_THAT(ErrorOf(R"([])"), HasSubstr("a hint is an object"));
  EXPECT_THAT(ErrorOf(R"({"operation":"DropTable","table":7})"), HasSubstr("table must be a text"));
}

TEST(HintTest, TableNamesAreAsInTheCatalog) {
  EXPECT_EQ(ReadTableName("shop.image")->schema, "shop");
  EXPECT_EQ(ReadTableName(R"("a.b".c)")->schema, "a.b");
  EXPECT_EQ(ReadTableName(R"(Größe "x" 表)")->table, R"(Größe "x" 表)");
  EXPECT_FALSE(ReadTableName("").ok());
  EXPECT_FALSE(ReadTableName("a.").ok());
  for (const char* text : {"image", "shop.image", R"(Größe "x" 表)", R"("a.b"."c""d")"}) {
    const TableName name = *ReadTableName(text);
    const TableName again = *ReadTableName(FormatTableName(name));
    EXPECT_EQ(again.schema, name.schema) << text;
    EXPECT_EQ(again.table, name.table) << text;
  }
}

TEST(ExpressionTest, LetsThroughOnlyWhatCanDoNoHarm) {
  const std::map<std::string, Volatility> known = {{"lower", Volatility::kImmutable},
                                                   {"pg_terminate_backend", Volatility::kVolatile}};
  for (const char* good : {"size < 4", "lower(label) = 'a''b'", "size IN (1, 2)", "a IS NOT NULL AND (b > 1.5)",
                           "\"odd name\" > 0", "size % 2 = 0"}) {
    EXPECT_TRUE(IsHarmlessExpression(good, known)) << good;
  }
  for (const char* bad : {"pg_terminate_backend(1)", "evil(1)", "\"pg_terminate_backend\"(1)", "public.lower(a)",
                          "a OPERATOR(public.=) b", "(SELECT 1)", "1); DROP TABLE a; --", "a /* */", "'open", "(a",
                          "a)", "a::public.evil", "$$x$$", "E'\\''", "lower/**/(a)", "a \"evil\" (1)"}) {
    EXPECT_FALSE(IsHarmlessExpression(bad, known)) << bad;
  }
}

TEST(ExpressionTest, NamesThatStandAlone) {
  for (const char* text : {"grade", "(grade IS NOT NULL)", "\"grade\" > 0", "1 < GRADE"}) {
    EXPECT_TRUE(Mentions(text, "grade")) << text;
  }
  for (const char* text : {"", "upgrade > 0", "grade_2 > 0", "grades"}) EXPECT_FALSE(Mentions(text, "grade")) << text;
}

TEST(ExpressionTest, ProofsOfNotNull) {
  EXPECT_TRUE(ProvesNotNull("(label IS NOT NULL)", "label"));
  EXPECT_TRUE(ProvesNotNull("((label IS NOT NULL) AND (size > 0))", "label"));
  EXPECT_FALSE(ProvesNotNull("((label IS NOT NULL) OR (size > 0))", "label"));
  EXPECT_FALSE(ProvesNotNull("(NOT (label IS NOT NULL))", "label"));
  EXPECT_FALSE(ProvesNotNull("(other IS NOT NULL)", "label"));
}

TEST(PgTypeChangeTest, TellsRewriteFromMetadata) {
  using Kind = PgTypeChange::Kind;
  const auto kind = [](const char* before, const char* after, bool utc = false) {
    return ClassifyPgTypeChange(before, after, "c", utc).kind;
  };
  EXPECT_EQ(kind("integer", "int4"), Kind::kNothing);
  EXPECT_EQ(kind("integer", "bigint"), Kind::kRewrite);
  EXPECT_EQ(kind("character varying(40)", "varchar(80)"), Kind::kMetadata);
  EXPECT_EQ(kind("character varying(40)", "text"), Kind::kMetadata);
  EXPECT_EQ(kind("text", "varchar"), Kind::kMetadata);
  EXPECT_EQ(kind("text", "varchar(10)"), Kind::kRewrite);
  EXPECT_EQ(kind("character varying(40)", "varchar(20)"), Kind::kRewrite);
  EXPECT_EQ(kind("character(4)", "char(8)"), Kind::kRewrite);
  EXPECT_EQ(kind("numeric(10,2)", "numeric(12,2)"), Kind::kMetadata);
  EXPECT_EQ(kind("numeric(10,2)", "numeric(12,4)"), Kind::kRewrite);
  EXPECT_EQ(kind("numeric(10,2)", "numeric"), Kind::kMetadata);
  EXPECT_EQ(kind("timestamp without time zone", "timestamptz"), Kind::kUnknown);
  EXPECT_EQ(kind("timestamp without time zone", "timestamptz", true), Kind::kMetadata);
  EXPECT_EQ(kind("text", "int"), Kind::kNeedsUsing);
  EXPECT_EQ(kind("integer", "text"), Kind::kRewrite);
  EXPECT_EQ(kind("hstore", "citext"), Kind::kRewrite);
  EXPECT_EQ(kind("point", "my_type"), Kind::kUnknown);
  EXPECT_THAT(ClassifyPgTypeChange("text", "varchar(6)", "c", false).misfit, HasSubstr("> 6"));
  EXPECT_THAT(ClassifyPgTypeChange("bigint", "int", "c", false).misfit, HasSubstr("2147483647"));
}

}  // namespace
}  // namespace dba::agent::hints
