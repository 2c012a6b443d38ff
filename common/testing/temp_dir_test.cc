// SPDX-License-Identifier: Apache-2.0
#include "common/testing/temp_dir.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "gtest/gtest.h"

namespace dba {
namespace {

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

TEST(TempDirTest, ExistsAsLongAsTheObject) {
  auto dir = std::make_unique<TempDir>();
  const std::string path = dir->path();
  dir->Write("file", "content");
  EXPECT_TRUE(std::filesystem::is_directory(path));
  dir.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(TempDirTest, WriteReplacesTheWholeFile) {
  TempDir dir;
  const std::string path = dir.Write("a", std::string("long\0text", 9));
  EXPECT_EQ(Read(path).size(), 9u);
  dir.Write("a", "x");
  EXPECT_EQ(Read(dir.File("a")), "x");
}

}  // namespace
}  // namespace dba
