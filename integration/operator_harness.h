// SPDX-License-Identifier: Apache-2.0
//
// The operator's real programs around a real API server and real databases. There is no node: the test plays the
// kubelet, and runs each Pod of a migration itself, as the account that its Secret names.
#ifndef DBA_INTEGRATION_OPERATOR_HARNESS_H_
#define DBA_INTEGRATION_OPERATOR_HARNESS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/random.h"
#include "common/testing/subprocess.h"
#include "common/testing/temp_dir.h"
#include "controller/kube/httplib_transport.h"
#include "controller/kube/rest_kube_client.h"
#include "integration/kube_env.h"
#include "nlohmann/json.hpp"

namespace dba {

// A dba-agent for one database, on a free port of the loopback interface.
class AgentProcess {
 public:
  // Serves when it returns. `credentials` are the files of its folder: host, port, dbname, username, password, engine.
  static absl::StatusOr<std::unique_ptr<AgentProcess>> Start(const std::map<std::string, std::string>& credentials);

  const std::string& address() const { return address_; }
  std::string Log() const { return process_->Stderr(); }

 private:
  AgentProcess() = default;

  TempDir dir_;
  std::string address_;
  std::unique_ptr<Subprocess> process_;
};

// How the Pod of a migration ended.
struct PodResult {
  bool succeeded = true;
  std::string message;  // what the container wrote last
};

// One namespace of the API server, with a controller that works in it alone.
class OperatorHarness {
 public:
  // Called for each Pod: the migration's name, and the contents of the Secret of its account.
  using Migration = std::function<PodResult(const std::string& migration, const std::map<std::string, std::string>&)>;

  // Makes the namespace. `env` must outlive this object.
  OperatorHarness(const KubeEnv* env, std::string name_space, Migration migration);
  ~OperatorHarness();

  // Starts controller/dba-controller, or another program, on this namespace; ends the one before.
  void StartController(const std::vector<std::string>& more_flags = {},
                       const std::string& program = "controller/dba-controller");
  Subprocess& controller() { return *controller_; }
  // It goes on beside the next one that is started.
  std::unique_ptr<Subprocess> TakeController() { return std::move(controller_); }

  // `spec` as YAML's JSON; "{}" adds nothing to what every one has: the agent's address and Alembic's table.
  void CreateDatabase(const std::string& name, const std::string& agent, const std::string& desired,
                      nlohmann::json more = nlohmann::json::object());
  void SetDesired(const std::string& name, const std::string& desired);
  // v1 <- v2 <- ... of `count`, or one by name.
  void CreateChain(int count);
  void CreateMigration(const std::string& name, const std::string& previous);

  // Plays the kubelet until Ready of the database has this reason, or the time is over. Returns its message, or why
  // not.
  std::string AwaitReason(const std::string& name, const std::string& reason,
                          absl::Duration timeout = absl::Seconds(90));
  // Plays the kubelet until `done`.
  bool Await(const std::function<bool()>& done, absl::Duration timeout = absl::Seconds(90));

  nlohmann::json Status(const std::string& name);
  std::string Uid(const std::string& name);
  // "" when there is no such Secret.
  std::map<std::string, std::string> SecretData(const std::string& name);
  std::vector<std::string> SecretNames();
  // Everything that people can read: statuses, Events, Jobs, the controller's log and its metrics.
  std::string EverythingPublic();
  // What /metrics says now.
  std::string Metrics();

  const std::map<std::string, int>& runs() const { return runs_; }
  kube::KubeClient& kube() { return *kube_; }

 private:
  void PlayKubelet();
  void RunPod(const nlohmann::json& pod);

  const KubeEnv& env_;
  const std::string name_space_;
  const Migration migration_;
  RealClock clock_;
  KernelRandom random_;
  std::unique_ptr<kube::CredentialSource> credentials_;
  std::unique_ptr<kube::HttplibTransport> transport_;
  std::unique_ptr<kube::RestKubeClient> kube_;
  std::unique_ptr<Subprocess> controller_;
  std::string earlier_logs_;
  std::map<std::string, int> runs_;
};

}  // namespace dba

#endif  // DBA_INTEGRATION_OPERATOR_HARNESS_H_
