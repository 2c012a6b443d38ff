// SPDX-License-Identifier: Apache-2.0
#include "integration/operator_harness.h"

#include <signal.h>

#include <fstream>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"
#include "common/testing/status_matchers.h"
#include "common/testing/wait_for.h"
#include "controller/kube/auth.h"

namespace dba {
namespace {

using ::nlohmann::json;

// The rest of the first line of `text` after `words`, up to a quote; "" when no line has them.
std::string After(const std::string& text, const std::string& words) {
  const size_t at = text.find(words);
  if (at == std::string::npos) return "";
  const size_t begin = at + words.size();
  return text.substr(begin, text.find_first_of("\"\n", begin) - begin);
}

json Object(const kube::Resource& resource, const std::string& name_space, const std::string& name) {
  return {{"apiVersion", absl::StrCat(resource.group, resource.group.empty() ? "" : "/", resource.version)},
          {"kind", std::string(resource.kind)},
          {"metadata", {{"namespace", name_space}, {"name", name}}}};
}

// Null until the condition is about the object as it is now.
json ReadyCondition(const json& object) {
  const json status = object.value("status", json::object());
  for (const json& condition : status.value("conditions", json::array())) {
    if (condition["type"] != "Ready") continue;
    if (condition.value("observedGeneration", int64_t{0}) == object["metadata"]["generation"]) return condition;
  }
  return json();
}

}  // namespace

absl::StatusOr<std::unique_ptr<AgentProcess>> AgentProcess::Start(
    const std::map<std::string, std::string>& credentials) {
  std::unique_ptr<AgentProcess> agent(new AgentProcess());
  for (const auto& [key, value] : credentials) std::ofstream(agent->dir_.File(key)) << value;
  Subprocess::Options options;
  options.args = {"dbagent/dba-agent",    absl::StrCat("--credentials_dir=", agent->dir_.path()),
                  "--tls_mode=Disable",   "--insecure",
                  "--listen=127.0.0.1:0", "--admin_listen=127.0.0.1:0"};
  DBA_ASSIGN_OR_RETURN(agent->process_, Subprocess::Start(options));
  AgentProcess& started = *agent;
  WaitFor([&started] {
    started.address_ = After(started.Log(), "listening on ");
    return !started.address_.empty() || !started.process_->Running();
  });
  if (agent->address_.empty()) return absl::InternalError(absl::StrCat("dba-agent does not serve: ", agent->Log()));
  return agent;
}

OperatorHarness::OperatorHarness(const KubeEnv* env, std::string name_space, Migration migration)
    : env_(*env), name_space_(std::move(name_space)), migration_(std::move(migration)) {
  const absl::StatusOr<kube::ApiServerConfig> config = kube::FindApiServer(env_.kubeconfig());
  EXPECT_OK(config);
  credentials_ = std::make_unique<kube::CredentialSource>(*config, &clock_);
  transport_ = std::make_unique<kube::HttplibTransport>(credentials_.get(), &clock_, "operator-harness");
  kube_ = std::make_unique<kube::RestKubeClient>(transport_.get(), credentials_.get(), &random_,
                                                 kube::RestKubeClient::Options());
  EXPECT_OK(env_.Kubectl({"create", "namespace", name_space_}));
}

OperatorHarness::~OperatorHarness() { (void)env_.Kubectl({"delete", "namespace", name_space_, "--wait=false"}); }

void OperatorHarness::StartController(const std::vector<std::string>& more_flags, const std::string& program) {
  if (controller_ != nullptr) absl::StrAppend(&earlier_logs_, controller_->Stderr());
  controller_.reset();
  Subprocess::Options options;
  options.args = {program,
                  absl::StrCat("--kubeconfig=", env_.kubeconfig()),
                  absl::StrCat("--namespace=", name_space_),
                  "--admin_listen=127.0.0.1:0",
                  "--insecure",
                  "--resync=5s",
                  "--leader_elect=false"};
  options.args.insert(options.args.end(), more_flags.begin(), more_flags.end());
  auto started = Subprocess::Start(options);
  ASSERT_OK(started);
  controller_ = *std::move(started);
}

void OperatorHarness::CreateDatabase(const std::string& name, const std::string& agent, const std::string& desired,
                                     json more) {
  json database = Object(kube::kManagedDatabases, name_space_, name);
  database["spec"] = {
      {"desiredSchemaVersion", desired}, {"agent", {{"address", agent}}}, {"versionTable", {{"preset", "Alembic"}}}};
  database["spec"].merge_patch(more);
  EXPECT_OK(kube_->Create(kube::kManagedDatabases, database));
}

void OperatorHarness::SetDesired(const std::string& name, const std::string& desired) {
  EXPECT_OK(
      kube_->MergePatch(kube::kManagedDatabases, {name_space_, name}, {{"spec", {{"desiredSchemaVersion", desired}}}}));
}

void OperatorHarness::CreateChain(int count) {
  for (int i = 1; i <= count; ++i) CreateMigration(absl::StrCat("v", i), i == 1 ? "" : absl::StrCat("v", i - 1));
}

void OperatorHarness::CreateMigration(const std::string& name, const std::string& previous) {
  json migration = Object(kube::kDatabaseMigrations, name_space_, name);
  migration["spec"] = {{"container", {{"image", "none"}}}};
  if (!previous.empty()) migration["spec"]["previous"] = previous;
  EXPECT_OK(kube_->Create(kube::kDatabaseMigrations, migration));
}

bool OperatorHarness::Await(const std::function<bool()>& done, absl::Duration timeout) {
  return WaitFor(
      [&] {
        PlayKubelet();
        return done();
      },
      timeout);
}

std::string OperatorHarness::AwaitReason(const std::string& name, const std::string& reason, absl::Duration timeout) {
  json ready;
  Await(
      [&] {
        const absl::StatusOr<json> object = kube_->Get(kube::kManagedDatabases, {name_space_, name});
        ready = object.ok() ? ReadyCondition(*object) : json();
        return ready.is_object() && ready["reason"] == reason;
      },
      timeout);
  if (ready.is_object() && ready["reason"] == reason) return ready["message"];
  ADD_FAILURE() << "Ready of " << name << " never had reason " << reason << ", but " << Status(name).dump(1) << "\n"
                << (controller_ == nullptr ? "" : controller_->Stderr());
  return "";
}

json OperatorHarness::Status(const std::string& name) {
  const absl::StatusOr<json> object = kube_->Get(kube::kManagedDatabases, {name_space_, name});
  return object.ok() ? object->value("status", json::object()) : json::object();
}

std::string OperatorHarness::Uid(const std::string& name) {
  const absl::StatusOr<json> object = kube_->Get(kube::kManagedDatabases, {name_space_, name});
  EXPECT_OK(object);
  return object.ok() ? object->at("metadata").value("uid", "") : "";
}

std::map<std::string, std::string> OperatorHarness::SecretData(const std::string& name) {
  std::map<std::string, std::string> result;
  const absl::StatusOr<json> secret = kube_->Get(kube::kSecrets, {name_space_, name});
  if (!secret.ok()) return result;
  for (const auto& [key, value] : secret->at("data").items()) {
    EXPECT_TRUE(absl::Base64Unescape(value.get<std::string>(), &result[key]));
  }
  return result;
}

std::vector<std::string> OperatorHarness::SecretNames() {
  std::vector<std::string> names;
  const absl::StatusOr<kube::ObjectList> list = kube_->List(kube::kSecrets, name_space_, "dbaoperator.dev/role");
  EXPECT_OK(list);
  if (!list.ok()) return names;
  for (const json& secret : list->items) names.push_back(secret["metadata"]["name"]);
  return names;
}

std::string OperatorHarness::EverythingPublic() {
  std::string everything = absl::StrCat(earlier_logs_, controller_->Stdout(), controller_->Stderr(), Metrics());
  for (const kube::Resource& resource : {kube::kManagedDatabases, kube::kJobs, kube::kEvents}) {
    const absl::StatusOr<kube::ObjectList> list = kube_->List(resource, name_space_, "");
    EXPECT_OK(list);
    if (!list.ok()) continue;
    for (const json& object : list->items) absl::StrAppend(&everything, object.dump(), "\n");
  }
  return everything;
}

std::string OperatorHarness::Metrics() {
  const std::string address = After(controller_->Stderr(), "\"address\":\"");
  Subprocess::Options options;
  options.args = {"curl", "-sS", absl::StrCat("http://", address, "/metrics")};
  const absl::StatusOr<CommandResult> result = RunCommand(options);
  EXPECT_OK(result);
  return result.ok() ? result->out : "";
}

void OperatorHarness::PlayKubelet() {
  const absl::StatusOr<kube::ObjectList> pods = kube_->List(kube::kPods, name_space_, "batch.kubernetes.io/job-name");
  if (!pods.ok()) return;
  for (const json& pod : pods->items) {
    if (pod.at("status").value("phase", "") == "Pending") RunPod(pod);
  }
}

void OperatorHarness::RunPod(const json& pod) {
  const json& labels = pod["metadata"]["labels"];
  const std::string migration = labels["dbaoperator.dev/migration"];
  const std::string job = labels["batch.kubernetes.io/job-name"];
  ++runs_[migration];
  const PodResult result = migration_(migration, SecretData(job));
  json ended = Object(kube::kPods, name_space_, pod["metadata"]["name"]);
  ended["status"] = {
      {"phase", result.succeeded ? "Succeeded" : "Failed"},
      {"containerStatuses",
       {{{"name", "migration"},
         {"image", "none"},
         {"imageID", ""},
         {"ready", false},
         {"restartCount", 0},
         {"state", {{"terminated", {{"exitCode", result.succeeded ? 0 : 1}, {"message", result.message}}}}}}}}};
  EXPECT_OK(kube_->Apply(kube::kPods, ended, "kubelet", "status"));
}

}  // namespace dba
