// SPDX-License-Identifier: Apache-2.0
//
// The same as agent_mysql_test on a real MySQL 9.7, and its caching_sha2_password: a login that the server's cache does
// not know needs TLS or the server's RSA key. The server is that of tools/servers, which is made when it is absent.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/testing/status_matchers.h"
#include "common/testing/subprocess.h"
#include "dbagent/db/factory.h"
#include "dbagent/testing/database_contract_test.h"
#include "integration/mysql_accounts_test.h"
#include "integration/mysql_calls_test.h"
#include "integration/mysql_fixture.h"
#include "integration/server_process.h"
#include "integration/test_certificates.h"

namespace dba::agent {
namespace {

constexpr MysqlCase kRoot = {MysqlEnv::Kind::kMysql, MysqlAdmin::kRoot};
constexpr MysqlCase kLimited = {MysqlEnv::Kind::kMysql, MysqlAdmin::kLimited};

std::unique_ptr<DatabaseUnderTest> MakeWithRoot() { return MakeMysql(kRoot); }
std::unique_ptr<DatabaseUnderTest> MakeWithLimited() { return MakeMysql(kLimited); }

INSTANTIATE_TEST_SUITE_P(Mysql97Root, DatabaseContractTest, testing::Values(MakeWithRoot));
INSTANTIATE_TEST_SUITE_P(Mysql97Limited, DatabaseContractTest, testing::Values(MakeWithLimited));
INSTANTIATE_TEST_SUITE_P(Mysql97, MysqlTest, testing::Values(kRoot, kLimited));
INSTANTIATE_TEST_SUITE_P(Mysql97, MysqlServerTest, testing::Values(MysqlEnv::Kind::kMysql));

// A server with a certificate of a known authority.
class MysqlTlsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(certificates_, MakeServerFolder("dba-certificates", "mysql"));
    ASSERT_OK(MakeAuthority(certificates_));
    ASSERT_OK(MakeCertificate(certificates_, "server"));
    chmod((certificates_ + "/server.key").c_str(), 0640);  // the server reads it as another user
    Subprocess::Options own;
    own.args = {"chown", "-R", ":mysql", certificates_};
    if (geteuid() == 0) {
      ASSERT_OK(RunCommand(own));
    }
    ASSERT_OK_AND_ASSIGN(
        env_, MysqlEnv::Start(MysqlEnv::Kind::kMysql, {absl::StrCat("--ssl-ca=", certificates_, "/ca.crt"),
                                                       absl::StrCat("--ssl-cert=", certificates_, "/server.crt"),
                                                       absl::StrCat("--ssl-key=", certificates_, "/server.key"),
                                                       // What was acknowledged outlives a killed server.
                                                       "--innodb-flush-log-at-trx-commit=1"}));
    ASSERT_OK(env_->Run("CREATE DATABASE shop"));
  }
  void TearDown() override { std::filesystem::remove_all(certificates_); }

  std::unique_ptr<Database> Connect(TlsMode mode, const std::string& host, bool with_ca = true) {
    ConnectOptions options;
    options.tls = mode;
    if (with_ca) options.ca_file = certificates_ + "/ca.crt";
    return MakeDatabase({Dialect::kMysql, host, env_->port(), "shop", "root", Secret(env_->root_password())}, options);
  }
  static absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

  std::string certificates_;
  std::unique_ptr<MysqlEnv> env_;
};

TEST_F(MysqlTlsTest, AccountsLogInWithoutTheServersCache) {
  // Longer than the blocks of SHA-256 and of the RSA key exchange's mask.
  const std::string long_password(200, 'p');
  int account = 0;
  for (const TlsMode mode : {TlsMode::kDisable, TlsMode::kVerifyFull}) {
    for (const std::string& password : {std::string("short"), long_password}) {
      const std::unique_ptr<Database> database = Connect(mode, "127.0.0.1");
      AccountSpec spec;
      spec.owner = "owner-1";
      spec.name = absl::StrCat("dba_", ++account);
      spec.version = "v1";
      spec.password = Secret(password);
      ASSERT_OK(database->EnsureAccount(spec, Soon()));
      const auto probe = [&](const std::string& word) -> ProbeResult::Outcome {
        const auto result = Connect(mode, "127.0.0.1")->ProbeAccount(spec.name, Secret(word), Soon());
        EXPECT_OK(result);
        return result.ok() ? result->outcome : ProbeResult::Outcome::kRefused;
      };
      EXPECT_EQ(probe(password), ProbeResult::Outcome::kLoggedIn) << "nobody has logged in before";
      EXPECT_EQ(probe(password), ProbeResult::Outcome::kLoggedIn) << "from the cache";
      EXPECT_EQ(probe(password + "x"), ProbeResult::Outcome::kRefused);
      ASSERT_OK(env_->Run("FLUSH PRIVILEGES"));
      EXPECT_EQ(probe(password), ProbeResult::Outcome::kLoggedIn) << "after FLUSH PRIVILEGES";
      env_->Kill();
      ASSERT_OK(env_->StartAgain());
      EXPECT_EQ(probe(password + "x"), ProbeResult::Outcome::kRefused);
      EXPECT_EQ(probe(password), ProbeResult::Outcome::kLoggedIn) << "after a restart";
    }
  }
}

TEST_F(MysqlTlsTest, VerifiesTheServer) {
  const auto describe = [&](TlsMode mode, const std::string& host, bool with_ca) {
    return Connect(mode, host, with_ca)->Describe(Soon()).status();
  };
  EXPECT_OK(describe(TlsMode::kVerifyFull, "127.0.0.1", true));
  EXPECT_FALSE(describe(TlsMode::kVerifyFull, "127.0.0.1", false).ok()) << "not an authority of the system";
  EXPECT_OK(describe(TlsMode::kRequire, "127.0.0.1", false));
  EXPECT_OK(describe(TlsMode::kDisable, "127.0.0.1", false));
}

}  // namespace
}  // namespace dba::agent
