// SPDX-License-Identifier: Apache-2.0
//
// TLS on both sides of the agent: mutual towards its callers, verified towards the database.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/grpc_status.h"
#include "common/testing/status_matchers.h"
#include "common/testing/subprocess.h"
#include "common/testing/temp_dir.h"
#include "dbagent/db/factory.h"
#include "grpcpp/grpcpp.h"
#include "integration/agent_process.h"
#include "integration/postgres_env.h"
#include "integration/server_process.h"
#include "integration/test_certificates.h"

namespace dba::agent {
namespace {

namespace v1 = dbaoperator::agent::v1;

std::string Read(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

absl::Status Call(int port, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  const auto stub = v1::DatabaseAgent::NewStub(grpc::CreateChannel(absl::StrCat("localhost:", port), credentials));
  v1::ConfigureDataMetricsRequest request;  // needs no database
  request.set_database("shop/main");
  v1::ConfigureDataMetricsResponse response;
  return FromGrpcStatus(stub->ConfigureDataMetrics(Within(absl::Seconds(10)).get(), request, &response));
}

TEST(AgentTlsTest, OnlyCallersWithACertificateOfTheAuthorityAreServed) {
  const TempDir certificates;
  const TempDir strangers;
  for (const std::string& folder : {certificates.path(), strangers.path()}) {
    ASSERT_OK(MakeAuthority(folder));
    ASSERT_OK(MakeCertificate(folder, "server"));
    ASSERT_OK(MakeCertificate(folder, "client"));
  }
  ASSERT_OK_AND_ASSIGN(
      const auto agent,
      AgentProcess::Start({{"uri", "postgres://u:p@127.0.0.1:1/d"}},
                          {"--noinsecure", absl::StrCat("--tls_cert=", certificates.File("server.crt")),
                           absl::StrCat("--tls_key=", certificates.File("server.key")),
                           absl::StrCat("--tls_client_ca=", certificates.File("ca.crt"))}));
  grpc::SslCredentialsOptions good = {Read(certificates.File("ca.crt")), Read(certificates.File("client.key")),
                                      Read(certificates.File("client.crt"))};
  EXPECT_OK(Call(agent->port(), grpc::SslCredentials(good)));
  grpc::SslCredentialsOptions nobody = {good.pem_root_certs, "", ""};
  EXPECT_THAT(Call(agent->port(), grpc::SslCredentials(nobody)), StatusIs(absl::StatusCode::kUnavailable));
  grpc::SslCredentialsOptions stranger = {good.pem_root_certs, Read(strangers.File("client.key")),
                                          Read(strangers.File("client.crt"))};
  EXPECT_THAT(Call(agent->port(), grpc::SslCredentials(stranger)), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(Call(agent->port(), grpc::InsecureChannelCredentials()), StatusIs(absl::StatusCode::kUnavailable));
}

class DatabaseTlsTest : public testing::Test {
 protected:
  // A server whose certificate is signed by the authority in certificates_.
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(certificates_, MakeServerFolder("dba-certificates", "postgres"));
    ASSERT_OK(MakeAuthority(certificates_));
    ASSERT_OK(MakeCertificate(certificates_, "server"));
    // The server reads its key as another user.
    chmod((certificates_ + "/server.key").c_str(), 0640);
    Subprocess::Options own;
    own.args = {"chown", "-R", ":postgres", certificates_};
    if (geteuid() == 0) {
      ASSERT_OK(RunCommand(own));
    }
    ASSERT_OK_AND_ASSIGN(env_,
                         PostgresEnv::Start({"ssl=on", absl::StrCat("ssl_cert_file=", certificates_, "/server.crt"),
                                             absl::StrCat("ssl_key_file=", certificates_, "/server.key")}));
  }
  void TearDown() override { std::filesystem::remove_all(certificates_); }
  absl::Status Describe(TlsMode mode, const std::string& host, const std::string& ca) {
    ConnectOptions options;
    options.tls = mode;
    options.ca_file = ca;
    const Dsn dsn = {Dialect::kPostgres, host,       env_->port(),
                     "postgres",         "postgres", Secret(env_->superuser_password())};
    return MakeDatabase(dsn, options)->Describe(absl::Now() + absl::Seconds(10)).status();
  }
  std::string certificates_;
  std::unique_ptr<PostgresEnv> env_;
};

TEST_F(DatabaseTlsTest, VerifiesTheServer) {
  const std::string ca = certificates_ + "/ca.crt";
  EXPECT_OK(Describe(TlsMode::kVerifyFull, "127.0.0.1", ca));
  EXPECT_FALSE(Describe(TlsMode::kVerifyFull, "127.0.0.2", ca).ok()) << "not a name of the certificate";
  EXPECT_FALSE(Describe(TlsMode::kVerifyFull, "127.0.0.1", "").ok()) << "not an authority of the system";
  EXPECT_FALSE(Describe(TlsMode::kVerifyCa, "127.0.0.1", "").ok());
  EXPECT_OK(Describe(TlsMode::kRequire, "127.0.0.1", ""));
  EXPECT_OK(Describe(TlsMode::kDisable, "127.0.0.1", ""));
}

}  // namespace
}  // namespace dba::agent
