// SPDX-License-Identifier: Apache-2.0
#include "integration/crash/account_log.h"

#include <fstream>

#include "common/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

using ::testing::ElementsAre;

constexpr char kOne[] = "dba_0123456789abcdef01234567";
constexpr char kTwo[] = "dba_76543210fedcba9876543210";

TEST(AccountLogTest, CountsWhatAServerWasTold) {
  TempDir dir;
  AccountLog log(dir.File("log"));
  EXPECT_EQ(log.Of(kOne).created, 0);

  std::ofstream file(dir.File("log"));
  file << "LOG:  statement: CREATE ROLE \"" << kOne << "\" LOGIN PASSWORD 'x';COMMENT ON ROLE \"" << kOne
       << "\" IS ''\n"
       << "7 Query\tCREATE USER '" << kTwo << "'@'%' ACCOUNT LOCK\n"
       << "LOG:  statement: ALTER ROLE \"" << kOne << "\" NOLOGIN\n"
       << "LOG:  statement: REASSIGN OWNED BY \"" << kOne << "\" TO \"dba_own_01234567890123456789\"; DROP ROLE \""
       << kOne << "\"\n"
       << "LOG:  statement: CREATE ROLE \"dba_own_01234567890123456789\"\n";
  file.flush();
  EXPECT_EQ(log.Of(kOne).created, 1);
  EXPECT_EQ(log.Of(kOne).deleted, 1);
  EXPECT_EQ(log.Of(kTwo).created, 1);
  EXPECT_EQ(log.Of(kTwo).deleted, 0);
  EXPECT_THAT(log.Accounts(), ElementsAre(kOne, kTwo));
}

TEST(AccountLogTest, ReadsOnWhereItWas) {
  TempDir dir;
  AccountLog log(dir.File("log"));
  std::ofstream file(dir.File("log"));
  file << "DROP USER IF EXISTS '" << kTwo << "'@'%'\nCREATE USER '" << std::string(kOne).substr(0, 9) << std::flush;
  EXPECT_EQ(log.Of(kTwo).deleted, 1);
  EXPECT_EQ(log.Of(kOne).created, 0);
  file << std::string(kOne).substr(9) << "'@'%'\n" << std::flush;
  EXPECT_EQ(log.Of(kOne).created, 1);
  EXPECT_EQ(log.Of(kTwo).deleted, 1);
}

}  // namespace
}  // namespace dba
