// SPDX-License-Identifier: Apache-2.0
#include "dbagent/database_source.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "common/testing/status_matchers.h"
#include "common/testing/temp_dir.h"
#include "dbagent/testing/fake_database.h"

namespace dba::agent {
namespace {

class DatabaseSourceTest : public testing::Test {
 protected:
  TempDir folder_;
  int made_ = 0;
  Dsn last_;
  ConnectOptions last_options_;
  DatabaseSource source_{folder_.path(), ConnectOptions(), [this](const Dsn& dsn, const ConnectOptions& options) {
                           ++made_;
                           last_ = dsn;
                           last_options_ = options;
                           return std::make_unique<FakeDatabase>();
                         }};
};

TEST_F(DatabaseSourceTest, MakesADatabaseOnceUntilAKeyChanges) {
  folder_.Write("uri", "postgres://u:p@h/d");
  ASSERT_OK_AND_ASSIGN(const auto first, source_.Get());
  ASSERT_OK_AND_ASSIGN(const auto second, source_.Get());
  EXPECT_EQ(first, second);
  folder_.Write("password", "other");
  ASSERT_OK_AND_ASSIGN(const auto third, source_.Get());
  EXPECT_NE(first, third);
  EXPECT_EQ(made_, 2);
  EXPECT_EQ(last_.password.Reveal(), "other");
  EXPECT_EQ(last_options_.ca_file, "");
  folder_.Write("ca.crt", "pem");
  ASSERT_OK(source_.Get());
  EXPECT_EQ(last_options_.ca_file, folder_.File("ca.crt"));
}

TEST_F(DatabaseSourceTest, FollowsTheLinkThatKubernetesSwaps) {
  namespace fs = std::filesystem;
  const fs::path folder = folder_.path();
  for (const char* generation : {"..1", "..2"}) {
    fs::create_directory(folder / generation);
    std::ofstream(folder / generation / "uri") << "postgres://u:p@host" << generation[2] << "/d";
    fs::create_symlink(generation, folder / "..tmp");
    fs::rename(folder / "..tmp", folder / "..data");
    ASSERT_OK(source_.Get());
    EXPECT_EQ(last_.host, std::string("host") + generation[2]);
  }
}

TEST_F(DatabaseSourceTest, SaysWhatIsWrongAndHealsLater) {
  EXPECT_THAT(source_.Get(), StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("no keys")));
  folder_.Write("uri", "postgres://u:canary@h");
  EXPECT_THAT(source_.Get(), StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("dbname")));
  EXPECT_THAT(source_.Get(),
              StatusIs(absl::StatusCode::kFailedPrecondition, testing::Not(testing::HasSubstr("canary"))));
  folder_.Write("uri", "postgres://u:canary@h/d");
  EXPECT_OK(source_.Get());
  DatabaseSource missing("/nonexistent", ConnectOptions(),
                         [](const Dsn&, const ConnectOptions&) { return std::make_unique<FakeDatabase>(); });
  EXPECT_THAT(missing.Get(), StatusIs(absl::StatusCode::kFailedPrecondition, testing::HasSubstr("--credentials_dir")));
}

}  // namespace
}  // namespace dba::agent
