// SPDX-License-Identifier: Apache-2.0
#include "integration/crash/crash_run.h"

#include <signal.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "common/testing/subprocess.h"
#include "common/testing/temp_dir.h"
#include "common/testing/wait_for.h"
#include "integration/agent_process.h"

namespace dba {
namespace {

using ::nlohmann::json;

constexpr char kDatabase[] = "db";
constexpr char kLease[] = "dba-controller";
constexpr absl::Duration kLimit = absl::Minutes(3);
// A process that ended tells nobody: how often it is looked at, should nothing else happen.
constexpr absl::Duration kLookAtProcesses = absl::Milliseconds(50);

json Object(const kube::Resource& resource, const std::string& name_space, const std::string& name, json spec) {
  json object = {{"apiVersion", kube::ApiVersion(resource)},
                 {"kind", std::string(resource.kind)},
                 {"metadata", {{"name", name}}},
                 {"spec", std::move(spec)}};
  if (!name_space.empty()) object["metadata"]["namespace"] = name_space;
  return object;
}

// What a migration tool does, and a row that shows how often it did it.
std::vector<std::string> MigrationStatements(const std::string& version) {
  const std::string effect = absl::StrCat("INSERT INTO ", kEffectTable, " VALUES ('", version, "')");
  if (version == "v1") {
    return {absl::StrCat("CREATE TABLE ", kEffectTable, " (version VARCHAR(32))"), effect,
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
            "INSERT INTO alembic_version VALUES ('v1')"};
  }
  return {effect, absl::StrCat("UPDATE alembic_version SET version_num = '", version, "'")};
}

// Whether the newest spec is reached and nothing is left to do.
bool IsUpToDate(const json& object, const std::string& version) {
  const json status = object.value("status", json::object());
  if (object["spec"]["desiredSchemaVersion"] != version) return false;
  for (const json& condition : status.value("conditions", json::array())) {
    if (condition["type"] == "Ready") {
      return condition["reason"] == "UpToDate" &&
             condition.value("observedGeneration", int64_t{0}) == object["metadata"]["generation"];
    }
  }
  return false;
}

std::string Contents(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class CrashRun {
 public:
  CrashRun(Cluster& cluster, EngineServer& server, const std::string& name)
      : subject_{cluster, server, name, kDatabase, name} {}

  std::vector<VersionResult> Run(const std::map<int, Fault>& faults) {
    std::vector<VersionResult> results;
    for (int version = 1; version <= kVersions; ++version) {
      const auto fault = faults.find(version);
      fault_ = fault == faults.end() ? std::nullopt : std::optional<Fault>(fault->second);
      VersionResult result;
      result.status = version == 1 ? Prepare() : absl::OkStatus();
      if (result.status.ok()) result.status = Reach(version);
      if (result.status.ok()) result.status = Collect(version, result);
      const bool reached = result.status.ok();
      if (reached) result.status = CheckFaultHappened();
      results.push_back(std::move(result));
      if (!reached) break;
    }
    return results;
  }

 private:
  kube::KubeClient& kube() { return subject_.cluster.kube(); }

  absl::Status Prepare() {
    DBA_RETURN_IF_ERROR(
        kube().Create(kube::kNamespaces, Object(kube::kNamespaces, "", subject_.name_space, json::object())).status());
    for (int version = 1; version <= kVersions; ++version) {
      json spec = {{"container", {{"image", "none"}}}};
      if (version > 1) spec["previous"] = absl::StrCat("v", version - 1);
      DBA_RETURN_IF_ERROR(kube()
                              .Create(kube::kDatabaseMigrations, Object(kube::kDatabaseMigrations, subject_.name_space,
                                                                        absl::StrCat("v", version), std::move(spec)))
                              .status());
    }
    DBA_ASSIGN_OR_RETURN(const auto credentials, subject_.server.MakeDatabase(subject_.database));
    DBA_ASSIGN_OR_RETURN(agent_, AgentProcess::Start(credentials));
    const json spec = {{"desiredSchemaVersion", "v1"},
                       {"agent", {{"address", absl::StrCat("127.0.0.1:", agent_->port())}}},
                       {"versionTable", {{"preset", "Alembic"}}}};
    return kube()
        .Create(kube::kManagedDatabases, Object(kube::kManagedDatabases, subject_.name_space, kDatabase, spec))
        .status();
  }

  absl::Status StartController(const std::string& program, std::vector<std::string> flags) {
    Subprocess::Options options;
    options.args = {program,
                    absl::StrCat("--kubeconfig=", subject_.cluster.kubeconfig()),
                    absl::StrCat("--namespace=", subject_.name_space),
                    "--admin_listen=127.0.0.1:0",
                    "--insecure",
                    "--workers=2",
                    "--resync=5s"};
    options.args.insert(options.args.end(), flags.begin(), flags.end());
    DBA_ASSIGN_OR_RETURN(controller_, Subprocess::Start(options));
    return absl::OkStatus();
  }

  // Ends the controller of the version before, and starts one whose crash points are counted anew.
  absl::Status StartFaultyController(int version) {
    if (controller_ != nullptr) {
      controller_->Signal(SIGTERM);
      DBA_RETURN_IF_ERROR(controller_->Wait().status());
      DBA_RETURN_IF_ERROR(GiveUpLease());
    }
    crashed_ = false;
    std::vector<std::string> flags = FaultFlags();
    flags.push_back(absl::StrCat("--trace_points=", TraceFile(version)));
    return StartController("controller/dba-controller-faults", std::move(flags));
  }

  std::vector<std::string> FaultFlags() const {
    if (!fault_.has_value()) return {};
    return {FaultFlag(fault_->passing, fault_->mode)};
  }

  std::string TraceFile(int version) const { return dir_.File(absl::StrCat("trace", version)); }

  absl::Status Reach(int number) {
    const std::string version = absl::StrCat("v", number);
    DBA_RETURN_IF_ERROR(kube()
                            .MergePatch(kube::kManagedDatabases, {subject_.name_space, kDatabase},
                                        {{"spec", {{"desiredSchemaVersion", version}}}})
                            .status());
    DBA_RETURN_IF_ERROR(StartFaultyController(number));
    const absl::Time deadline = absl::Now() + kLimit;
    int64_t seen = 0;
    while (absl::Now() < deadline) {
      if (!controller_->Running()) DBA_RETURN_IF_ERROR(StartAgain());
      if (!subject_.cluster.AwaitChange(subject_.name_space, &seen, kLookAtProcesses)) continue;
      NamespaceRecord record = subject_.cluster.Record(subject_.name_space);
      if (IsUpToDate(record["ManagedDatabase"][kDatabase].last, version)) return absl::OkStatus();
      for (const auto& [name, pod] : record["Pod"]) DBA_RETURN_IF_ERROR(RunPod(pod.last));
    }
    NamespaceRecord record = subject_.cluster.Record(subject_.name_space);
    return absl::DeadlineExceededError(absl::StrCat(
        version, " was not reached: ", record["ManagedDatabase"][kDatabase].last.dump(1), "\n", controller_->Stderr()));
  }

  // Once for each Pod: what its container does, and how it ended.
  absl::Status RunPod(const json& pod) {
    if (pod.value("status", json::object()).value("phase", "") != "Pending") return absl::OkStatus();
    if (!pods_.insert(pod["metadata"]["uid"]).second) return absl::OkStatus();
    const json& labels = pod["metadata"]["labels"];
    DBA_ASSIGN_OR_RETURN(auto secret,
                         ReadSecret(kube(), {subject_.name_space, labels["batch.kubernetes.io/job-name"]}));
    const absl::Status ran =
        subject_.server
            .RunAs(secret["username"], secret["password"], secret["dbname"], MigrationStatements(labels[kVersionLabel]))
            .status();
    json ended = Object(kube::kPods, subject_.name_space, pod["metadata"]["name"], json());
    ended.erase("spec");
    ended["status"] = {
        {"phase", ran.ok() ? "Succeeded" : "Failed"},
        {"containerStatuses",
         {{{"name", "migration"},
           {"image", "none"},
           {"imageID", ""},
           {"ready", false},
           {"restartCount", 0},
           {"state", {{"terminated", {{"exitCode", ran.ok() ? 0 : 1}, {"message", std::string(ran.message())}}}}}}}}};
    return kube().Apply(kube::kPods, ended, "kubelet", "status").status();
  }

  // After the fault the next controller is the released one. One that lost its Lease, because this machine had no time
  // for it, ended as it should; the next one begins the fault's count anew.
  absl::Status StartAgain() {
    DBA_ASSIGN_OR_RETURN(const int exit_code, controller_->Wait());
    if (exit_code == EXIT_FAILURE && absl::StrContains(controller_->Stderr(), "leadership is lost")) {
      if (crashed_) return StartController("controller/dba-controller", {});
      return StartController("controller/dba-controller-faults", FaultFlags());
    }
    const bool expected = fault_.has_value() && fault_->mode != FaultMode::kReplyLost && !crashed_;
    if (!expected || exit_code != 128 + SIGKILL) {
      return absl::InternalError(absl::StrCat("the controller ended with ", exit_code, ":\n", controller_->Stderr()));
    }
    crashed_ = true;
    DBA_RETURN_IF_ERROR(GiveUpLease());
    return StartController("controller/dba-controller", {});
  }

  // In the name of a process that is known to be dead, so that the next one need not wait for the Lease to expire.
  absl::Status GiveUpLease() {
    return kube()
        .MergePatch(kube::kLeases, {subject_.name_space, kLease},
                    {{"spec", {{"holderIdentity", ""}, {"leaseDurationSeconds", 1}}}})
        .status();
  }

  absl::Status Collect(int version, VersionResult& result) {
    absl::Status status;
    WaitFor([&] {
      absl::StatusOr<Outcome> outcome = CollectOutcome(subject_);
      status = outcome.status();
      if (outcome.ok()) result.outcome = *std::move(outcome);
      return !absl::IsUnavailable(status);
    });
    result.effects =
        ParseTrace(version, Contents(TraceFile(version)), Labels(subject_.cluster.Record(subject_.name_space)));
    return status;
  }

  // The last effect on the way to a version may be the one that says that it is reached.
  absl::Status CheckFaultHappened() {
    if (!fault_.has_value() || crashed_) return absl::OkStatus();
    const bool happened = WaitFor(
        [&] {
          return fault_->mode == FaultMode::kReplyLost ? absl::StrContains(controller_->Stderr(), "the reply was lost")
                                                       : !controller_->Running();
        },
        absl::Seconds(1));
    return happened ? absl::OkStatus() : absl::FailedPreconditionError("the crash point was not reached");
  }

  const CrashSubject subject_;
  TempDir dir_;
  std::unique_ptr<AgentProcess> agent_;
  std::unique_ptr<Subprocess> controller_;
  std::optional<Fault> fault_;  // on the way to the version of now
  bool crashed_ = false;        // it happened, and the next controller was started
  std::set<std::string> pods_;
};

}  // namespace

std::vector<VersionResult> RunWithFaults(Cluster& cluster, EngineServer& server, const std::string& name,
                                         const std::map<int, Fault>& faults) {
  return CrashRun(cluster, server, name).Run(faults);
}

}  // namespace dba
