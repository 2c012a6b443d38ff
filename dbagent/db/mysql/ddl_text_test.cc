// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/ddl_text.h"

#include <gtest/gtest.h>

namespace dba::agent {
namespace {

const TableName kImage = {"shop", "image"};

TEST(DdlTextTest, ABareNameIsOfTheDatabaseOfTheSession) {
  EXPECT_TRUE(NamesTable("ALTER TABLE image ADD x INT", "shop", kImage));
  EXPECT_TRUE(NamesTable("alter table `Image` add x int", "Shop", kImage));
  EXPECT_FALSE(NamesTable("ALTER TABLE image ADD x INT", "other", kImage));
  EXPECT_FALSE(NamesTable("ALTER TABLE image ADD x INT", "", kImage));
}

TEST(DdlTextTest, AQualifiedNameIsOfItsOwnSchema) {
  EXPECT_TRUE(NamesTable("CREATE INDEX i ON shop.image (size)", "other", kImage));
  EXPECT_TRUE(NamesTable("CREATE INDEX i ON `shop` . `image`(size)", "other", kImage));
  EXPECT_FALSE(NamesTable("ALTER TABLE other.image ADD x INT", "shop", kImage));
  EXPECT_FALSE(NamesTable("ALTER TABLE `other`.`image` ADD x INT", "shop", kImage));
  EXPECT_TRUE(NamesTable("RENAME TABLE other.image TO shop.image", "other", kImage));
}

TEST(DdlTextTest, OnlyAWholeNameCounts) {
  EXPECT_FALSE(NamesTable("ALTER TABLE image_tag ADD x INT", "shop", kImage));
  EXPECT_FALSE(NamesTable("ALTER TABLE `an image` ADD x INT", "shop", kImage));
  EXPECT_TRUE(NamesTable("ALTER TABLE `odd``name` ADD x INT", "shop", {"shop", "odd`name"}));
}

TEST(DdlTextTest, TextsAndCommentsNameNothing) {
  EXPECT_FALSE(NamesTable("ALTER TABLE tag COMMENT = 'of an \\' image '' image'", "shop", kImage));
  EXPECT_FALSE(NamesTable("ALTER TABLE tag /* image */ ADD x INT -- image\n", "shop", kImage));
  EXPECT_TRUE(NamesTable("ALTER TABLE /* of */ image COMMENT = 'x'", "shop", kImage));
  EXPECT_TRUE(NamesTable("ALTER TABLE tag /*! , RENAME TO image */", "shop", kImage));
  EXPECT_FALSE(NamesTable("ALTER TABLE `image", "shop", {"shop", "images"}));
}

}  // namespace
}  // namespace dba::agent
