// SPDX-License-Identifier: Apache-2.0
#include "common/version.h"

#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace dba {
namespace {

TEST(VersionTest, IsTheContentOfTheVersionFile) {
  std::ifstream file("VERSION");
  std::string line;
  ASSERT_TRUE(std::getline(file, line));
  EXPECT_FALSE(line.empty());
  EXPECT_EQ(Version(), line);
}

}  // namespace
}  // namespace dba
