// SPDX-License-Identifier: Apache-2.0
//
// The real client on a real kube-apiserver: the contract, and what only a real server can show.
#include <csignal>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/clock.h"
#include "common/random.h"
#include "common/testing/status_matchers.h"
#include "controller/kube/auth.h"
#include "controller/kube/httplib_transport.h"
#include "controller/kube/rest_kube_client.h"
#include "controller/testing/kube_client_contract_test.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/kube_env.h"

namespace dba::kube {
namespace {

using nlohmann::json;
using testing::HasSubstr;

KubeEnv* env = nullptr;

class ApiServer : public testing::Environment {
 public:
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);  // as both mains do
    absl::StatusOr<std::unique_ptr<KubeEnv>> started = KubeEnv::Start();
    ASSERT_OK(started);
    env_ = *std::move(started);
    env = env_.get();
  }
  void TearDown() override { env_.reset(); }

 private:
  std::unique_ptr<KubeEnv> env_;
};
const auto* const kApiServer = testing::AddGlobalTestEnvironment(new ApiServer);

// A client with all that it stands on.
class OwningClient : public KubeClient {
 public:
  explicit OwningClient(ApiServerConfig config, RestKubeClient::Options options = {})
      : credentials_(std::move(config), &clock_),
        transport_(&credentials_, &clock_, "dba-operator/test"),
        client_(&transport_, &credentials_, &random_, std::move(options)) {}

  absl::StatusOr<json> Get(const Resource& resource, const ObjectKey& key) override {
    return client_.Get(resource, key);
  }
  absl::StatusOr<ObjectList> List(const Resource& resource, absl::string_view name_space,
                                  absl::string_view label_selector) override {
    return client_.List(resource, name_space, label_selector);
  }
  absl::Status Watch(const Resource& resource, absl::string_view name_space, absl::string_view label_selector,
                     absl::string_view resource_version, const std::function<void(WatchEvent)>& sink,
                     const StopToken& stop) override {
    return client_.Watch(resource, name_space, label_selector, resource_version, sink, stop);
  }
  absl::StatusOr<json> Create(const Resource& resource, const json& object) override {
    return client_.Create(resource, object);
  }
  absl::StatusOr<json> Apply(const Resource& resource, const json& object, absl::string_view field_manager,
                             absl::string_view subresource) override {
    return client_.Apply(resource, object, field_manager, subresource);
  }
  absl::StatusOr<json> MergePatch(const Resource& resource, const ObjectKey& key, const json& patch) override {
    return client_.MergePatch(resource, key, patch);
  }
  absl::Status Delete(const Resource& resource, const ObjectKey& key, const Preconditions& preconditions) override {
    return client_.Delete(resource, key, preconditions);
  }

 private:
  RealClock clock_;
  KernelRandom random_;
  CredentialSource credentials_;
  HttplibTransport transport_;
  RestKubeClient client_;
};

ApiServerConfig Config() {
  absl::StatusOr<ApiServerConfig> config = LoadKubeconfig(env->kubeconfig());
  EXPECT_OK(config);
  return config.ok() ? *config : ApiServerConfig();
}

INSTANTIATE_TEST_SUITE_P(Real, KubeClientContractTest,
                         testing::Values(KubeClientContractParam{
                             "real", [] { return std::make_unique<OwningClient>(Config()); }, [](KubeClient*) {}}));

json Secret(const std::string& name) {
  return {{"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", {{"name", name}, {"namespace", "default"}}}};
}

TEST(RestKubeClientTest, ListsAllPages) {
  OwningClient client(Config(), {"dba-operator", absl::Seconds(30), 2, nullptr});
  for (int i = 0; i < 5; ++i) {
    json secret = Secret(absl::StrCat("page-", i));
    secret["metadata"]["labels"] = {{"test", "pages"}};
    ASSERT_OK(client.Create(kSecrets, secret));
  }
  ASSERT_OK_AND_ASSIGN(const ObjectList list, client.List(kSecrets, "default", "test=pages"));
  ASSERT_EQ(list.items.size(), 5U);
  EXPECT_EQ(list.items[4]["metadata"]["name"], "page-4");
  EXPECT_EQ(list.items[0]["kind"], "Secret");
  EXPECT_FALSE(list.items[0]["metadata"].contains("managedFields"));
}

TEST(RestKubeClientTest, RefusesACertificateOfAnotherAuthority) {
  ApiServerConfig config = Config();
  config.ca_pem.clear();
  config.ca_file = "/etc/ssl/certs/ca-certificates.crt";
  EXPECT_THAT(OwningClient(config).Get(kSecrets, {"default", "x"}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("not signed")));
}

TEST(RestKubeClientTest, RefusesACertificateOfAnotherHost) {
  ApiServerConfig config = Config();
  config.address = config.host;
  config.host = "other.example";
  EXPECT_THAT(OwningClient(config).Get(kSecrets, {"default", "x"}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("does not name this host")));
}

TEST(RestKubeClientTest, VerifiesTheServiceNameWhileItConnectsToAnAddress) {
  ApiServerConfig config = Config();
  config.address = config.host;
  config.host = "kubernetes.default.svc";
  EXPECT_OK(OwningClient(config).List(kSecrets, "default", ""));
}

TEST(RestKubeClientTest, ABadTokenIsUnauthenticated) {
  ApiServerConfig config = Config();
  config.client_certificate_pem.clear();
  config.client_key_pem = dba::Secret();
  config.token = dba::Secret("nonsense");
  EXPECT_THAT(OwningClient(config).Get(kSecrets, {"default", "x"}), StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST(RestKubeClientTest, NamesTheMissingRight) {
  ASSERT_OK(env->Kubectl({"create", "serviceaccount", "nobody", "-n", "default"}));
  ASSERT_OK_AND_ASSIGN(const std::string token, env->Kubectl({"create", "token", "nobody", "-n", "default"}));
  const TempDir dir;
  ApiServerConfig config = Config();
  config.client_certificate_pem.clear();
  config.client_key_pem = dba::Secret();
  config.token = dba::Secret();
  config.token_file = dir.Write("token", token + "\n");
  EXPECT_THAT(OwningClient(config).List(kJobs, "default", ""),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("cannot list resource \"jobs\"")));
}

TEST(RestKubeClientTest, AStoppedPortIsUnavailable) {
  ApiServerConfig config = Config();
  config.port = 1;
  EXPECT_THAT(OwningClient(config).Get(kSecrets, {"default", "x"}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("cannot connect")));
}

TEST(RestKubeClientTest, ManyThreadsShareOneClient) {
  OwningClient client(Config());
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&client, t] {
      for (int i = 0; i < 10; ++i) EXPECT_OK(client.Create(kSecrets, Secret(absl::StrCat("many-", t, "-", i))));
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(RestKubeClientTest, AQuietWatchStopsAtOnce) {
  OwningClient client(Config());
  ASSERT_OK_AND_ASSIGN(const ObjectList list, client.List(kLeases, "default", ""));
  WatchRecorder watch(&client, kLeases, "default", "", list.resource_version);
  const json lease = {{"apiVersion", "coordination.k8s.io/v1"},
                      {"kind", "Lease"},
                      {"metadata", {{"name", "seen"}, {"namespace", "default"}}}};
  ASSERT_OK(client.Create(kLeases, lease));
  ASSERT_TRUE(watch.WaitForCount(1));
  RealClock clock;
  const absl::Duration before = clock.Monotonic();
  EXPECT_THAT(watch.Stop(), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_LT(clock.Monotonic() - before, absl::Seconds(1));
}

}  // namespace
}  // namespace dba::kube
