// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/auth.h"

#include <cstdio>

#include "absl/strings/escaping.h"
#include "common/testing/fake_clock.h"
#include "common/testing/status_matchers.h"
#include "common/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace dba::kube {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json Kubeconfig() {
  return {
      {"current-context", "c"},
      {"contexts", {{{"name", "c"}, {"context", {{"cluster", "k"}, {"user", "u"}, {"namespace", "shop"}}}}}},
      {"clusters",
       {{{"name", "k"}, {"cluster", {{"server", "https://10.0.0.1:6443"}, {"certificate-authority-data", "Q0E="}}}}}},
      {"users", {{{"name", "u"}, {"user", {{"token", "t0k"}}}}}}};
}

absl::StatusOr<ApiServerConfig> Load(const json& kubeconfig, const TempDir& dir) {
  return LoadKubeconfig(dir.Write("kubeconfig", kubeconfig.dump()));
}

TEST(KubeconfigTest, ReadsTheCurrentContext) {
  const TempDir dir;
  ASSERT_OK_AND_ASSIGN(const ApiServerConfig config, Load(Kubeconfig(), dir));
  EXPECT_TRUE(config.tls);
  EXPECT_EQ(config.host, "10.0.0.1");
  EXPECT_EQ(config.port, 6443);
  EXPECT_EQ(config.ca_pem, "CA");
  EXPECT_EQ(config.token.Reveal(), "t0k");
  EXPECT_EQ(config.default_namespace, "shop");
}

TEST(KubeconfigTest, ReadsClientCertificatesFromDataAndFiles) {
  const TempDir dir;
  dir.Write("key.pem", "KEY");
  json kubeconfig = Kubeconfig();
  kubeconfig["users"][0]["user"] = {{"client-certificate-data", absl::Base64Escape("CERT")}, {"client-key", "key.pem"}};
  ASSERT_OK_AND_ASSIGN(const ApiServerConfig config, Load(kubeconfig, dir));
  EXPECT_EQ(config.client_certificate_pem, "CERT");
  EXPECT_EQ(config.client_key_pem.Reveal(), "KEY");
}

TEST(KubeconfigTest, UnderstandsAddresses) {
  const struct {
    const char* server;
    const char* host;
    int port;
  } kCases[] = {{"https://api.example", "api.example", 443},
                {"https://api.example/", "api.example", 443},
                {"https://[fd00::1]:6443", "fd00::1", 6443},
                {"https://[fd00::1]", "fd00::1", 443},
                {"http://127.0.0.1:8001", "127.0.0.1", 8001}};
  const TempDir dir;
  for (const auto& c : kCases) {
    json kubeconfig = Kubeconfig();
    kubeconfig["clusters"][0]["cluster"]["server"] = c.server;
    ASSERT_OK_AND_ASSIGN(const ApiServerConfig config, Load(kubeconfig, dir));
    EXPECT_EQ(config.host, c.host);
    EXPECT_EQ(config.port, c.port);
  }
}

TEST(KubeconfigTest, RefusesWhatItCannotDoWithARemedy) {
  const struct {
    const char* patch;
    const char* message;
  } kCases[] = {
      {R"({"users":[{"name":"u","user":{"exec":{"command":"aws"}}}]})", "exec is not supported"},
      {R"({"users":[{"name":"u","user":{"username":"a","password":"b"}}]})", "not supported"},
      {R"({"users":[{"name":"u","user":{"client-key-data":"QQ=="}}]})", "belong together"},
      {R"({"users":[]})", "no entry named \"u\" in users"},
      {R"({"clusters":[]})", "no entry named \"k\" in clusters"},
      {R"({"current-context":null})", "no entry named \"\" in contexts"},
      {R"({"clusters":[{"name":"k","cluster":{"server":"https://a"}}]})", "certificate-authority"},
      {R"({"clusters":[{"name":"k","cluster":{"server":"http://a"}}]})", "loopback"},
      {R"({"clusters":[{"name":"k","cluster":{"server":"https://a:0"}}]})", "port"},
      {R"({"clusters":[{"name":"k","cluster":{"server":"https://a/b"}}]})", "https://HOST"},
      {R"({"clusters":[{"name":"k","cluster":{"server":"a"}}]})", "https://"},
      {R"({"clusters":[{"name":"k","cluster":{"server":"https://a","certificate-authority-data":"!"}}]})", "base64"},
      {R"({"clusters":[{"name":"k","cluster":{"server":"https://a","insecure-skip-tls-verify":true}}]})", "insecure"},
  };
  const TempDir dir;
  for (const auto& c : kCases) {
    json kubeconfig = Kubeconfig();
    kubeconfig.merge_patch(json::parse(c.patch));
    EXPECT_THAT(Load(kubeconfig, dir), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.message))) << c.patch;
  }
}

TEST(KubeconfigTest, TellsHowToMakeJsonFromYaml) {
  const TempDir dir;
  EXPECT_THAT(LoadKubeconfig(dir.Write("kubeconfig", "apiVersion: v1\nkind: Config\n")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("kubectl config view --raw")));
  EXPECT_THAT(LoadKubeconfig(dir.File("absent")), StatusIs(absl::StatusCode::kNotFound, HasSubstr("absent")));
}

TEST(InClusterConfigTest, ReadsTheServiceAccount) {
  const TempDir dir;
  dir.Write("token", "t0k\n");
  dir.Write("ca.crt", "CA");
  dir.Write("namespace", "dba-system\n");
  ASSERT_OK_AND_ASSIGN(const ApiServerConfig config, InClusterConfig(dir.path(), "10.96.0.1", "443"));
  EXPECT_EQ(config.host, "kubernetes.default.svc");
  EXPECT_EQ(config.address, "10.96.0.1");
  EXPECT_EQ(config.default_namespace, "dba-system");
}

TEST(InClusterConfigTest, SaysWhatIsMissing) {
  const TempDir dir;
  EXPECT_THAT(InClusterConfig(dir.path(), "", ""),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("--kubeconfig")));
  EXPECT_THAT(InClusterConfig(dir.path(), "10.96.0.1", "443"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("automountServiceAccountToken")));
}

class CredentialSourceTest : public testing::Test {
 protected:
  CredentialSourceTest() {
    dir_.Write("token", " one\n");
    dir_.Write("ca.crt", "CA1");
    ApiServerConfig config;
    config.token_file = dir_.File("token");
    config.ca_file = dir_.File("ca.crt");
    source_.emplace(std::move(config), &clock_);
  }
  std::string Token() { return std::string((*source_->Current())->token.Reveal()); }

  TempDir dir_;
  FakeClock clock_;
  std::optional<CredentialSource> source_;
};

TEST_F(CredentialSourceTest, TrimsTheToken) { EXPECT_EQ(Token(), "one"); }

TEST_F(CredentialSourceTest, ReadsTheFilesAgainAfterAMinute) {
  EXPECT_EQ(Token(), "one");
  dir_.Write("token", "two\n");
  dir_.Write("ca.crt", "CA2");
  EXPECT_EQ(Token(), "one");
  clock_.Advance(absl::Seconds(61));
  EXPECT_EQ(Token(), "two");
  EXPECT_EQ((*source_->Current())->ca_pem, "CA2");
}

TEST_F(CredentialSourceTest, ReadsTheFilesAgainAfterARefusal) {
  EXPECT_EQ(Token(), "one");
  dir_.Write("token", "two");
  source_->Expire();
  EXPECT_EQ(Token(), "two");
}

TEST_F(CredentialSourceTest, KeepsTheLastTokenWhenTheFileIsGone) {
  EXPECT_EQ(Token(), "one");
  std::remove(dir_.File("token").c_str());
  source_->Expire();
  EXPECT_EQ(Token(), "one");
}

TEST_F(CredentialSourceTest, FailsWhenThereNeverWasAToken) {
  std::remove(dir_.File("token").c_str());
  EXPECT_THAT(source_->Current(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("token")));
}

}  // namespace
}  // namespace dba::kube
