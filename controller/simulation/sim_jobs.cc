// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/sim_jobs.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "controller/api/meta.h"
#include "controller/plan/names.h"
#include "controller/simulation/object_text.h"

namespace dba::simulation {
namespace {

using nlohmann::json;

// Looks at its Secret, in calm, before somebody ends a Pod that waits for it.
constexpr int kMaxWait = 300;

bool IsReleased(const json& job) {
  return !job["spec"].value("suspend", false) && (!job.contains("status") || !job["status"].contains("conditions"));
}

}  // namespace

bool SimJobs::JobAwaits(const Pod& pod) const {
  const auto job = env_.kube.View(kube::kJobs, {kNamespace, pod.job});
  return job != nullptr && (*job)["metadata"]["uid"] == pod.uid && IsReleased(*job);
}

void SimJobs::StartPods() {
  if (!env_.job_released) return;
  env_.job_released = false;
  for (const auto& view : env_.kube.Views(kube::kJobs)) {
    const json& job = *view;
    const std::string uid = job["metadata"]["uid"].get<std::string>();
    if (LabelOf(job, plan::kDatabaseLabel) != kDatabase || !IsReleased(job) || !started_.insert(uid).second) continue;
    Pod pod;
    pod.job = job["metadata"]["name"].get<std::string>();
    pod.uid = uid;
    pod.version = VersionNumber(LabelOf(job, plan::kMigrationLabel));
    pods_.push_back(pod);
    env_.Happened("Pod of a Job starts", pod.job);
    if (env_.calm || !env_.rng.Chance(env_.profile.pod_faults)) continue;
    pods_.push_back(pod);
    env_.Injected("Pod started twice", pod.job);
  }
}

bool SimJobs::Idle() const {
  if (!pods_.empty()) return false;
  const auto jobs = env_.kube.Views(kube::kJobs);
  return std::none_of(jobs.begin(), jobs.end(), [](const auto& job) {
    return LabelOf(*job, plan::kDatabaseLabel) == kDatabase && IsReleased(*job);
  });
}

void SimJobs::Step() {
  StartPods();
  if (pods_.empty()) return;
  const size_t index = static_cast<size_t>(env_.rng.Below(static_cast<int>(pods_.size())));
  Pod& pod = pods_[index];
  if (!pod.zombie && !JobAwaits(pod)) pod.zombie = true;
  // Somebody kills what is left of a Pod, but not at once.
  if (pod.zombie && env_.rng.Chance(env_.calm ? 500 : 50)) {
    End(index, false, "killed");
  } else if (!env_.calm && env_.rng.Chance(env_.profile.pod_faults)) {
    Die(index);
  } else {
    Advance(index);
  }
}

void SimJobs::Die(size_t index) {
  Pod& pod = pods_[index];
  if (!pod.zombie && env_.rng.Chance(300)) {
    env_.Injected("node lost", pod.job);
    EndJob(pod, false, "the node is lost");
    pod.zombie = true;
    return;
  }
  env_.Injected(pod.state == State::kCommitted ? "Pod died after its effect" : "Pod died before its effect", pod.job);
  TellLastWords(pod);
  End(index, false, "the container ended with exit code 137");
}

bool SimJobs::ReadSecret(Pod& pod) {
  const auto secret = env_.kube.View(kube::kSecrets, {kNamespace, pod.job});
  if (secret != nullptr) pod.password = SecretText(*secret, "password");
  return secret != nullptr;
}

bool SimJobs::Login(Pod& pod) {
  const std::string account = plan::MigratorAccount(env_.database_uid, pod.job);
  const absl::StatusOr<int> connection = env_.database.BeginLogin(account, pod.password, "10.0.0.9");
  if (connection.ok()) pod.connection = *connection;
  return connection.ok();
}

void SimJobs::Advance(size_t index) {
  Pod& pod = pods_[index];
  switch (pod.state) {
    case State::kStarting:
      // A Pod whose Secret is missing waits for it.
      if (!ReadSecret(pod)) {
        if (!env_.calm || pod.zombie || ++pod.waited < kMaxWait) return;
        env_.KnownGap("running Job waits for its Secret, deleted by hand", pod.job);
        End(index, false, "somebody ended it");
        return;
      }
      TellPhase(pod, "Running");
      pod.state = State::kReady;
      return;
    case State::kReady:
      if (!Login(pod)) {
        End(index, false, "the database refused the login");
        return;
      }
      pod.state = State::kLoggingIn;
      return;
    case State::kLoggingIn: {
      if (!env_.database.FinishLogin(pod.connection)) {
        End(index, false, "the connection broke");
        return;
      }
      const auto others = std::count_if(pods_.begin(), pods_.end(), [&](const Pod& other) {
        return other.uid != pod.uid && env_.database.IsSession(other.connection);
      });
      checker_.MigratorConnected(pod.uid, static_cast<int>(others));
      pod.state = State::kConnected;
      return;
    }
    case State::kConnected:
      if (!env_.database.IsSession(pod.connection)) {
        End(index, false, "the connection broke");
      } else if (env_.database.LockVersionTable(pod.connection)) {
        pod.state = State::kLocking;
      }
      return;
    case State::kLocking:
      Body(index);
      return;
    case State::kCommitted:
      End(index, true, "");
      return;
  }
}

void SimJobs::Body(size_t index) {
  Pod& pod = pods_[index];
  if (!env_.database.IsSession(pod.connection)) {
    End(index, false, "the connection broke");
  } else if (env_.current() == pod.version) {
    End(index, true, "");
  } else if (env_.current() != pod.version - 1) {
    End(index, false, absl::StrCat("the version table says ", env_.database.image().version));
  } else {
    env_.database.CommitMigration(pod.connection, VersionWord(pod.version));
    env_.Happened("migration committed", pod.job);
    pod.state = State::kCommitted;
  }
}

void SimJobs::TellPhase(const Pod& pod, const char* phase) {
  env_.kube.Put(kube::kPods, {{"metadata",
                               {{"name", absl::StrCat(pod.job, "-pod")},
                                {"namespace", kNamespace},
                                {"labels", {{"batch.kubernetes.io/controller-uid", pod.uid}}}}},
                              {"spec", {{"containers", json::array()}}},
                              {"status", {{"phase", phase}}}});
}

void SimJobs::TellLastWords(const Pod& pod) {
  env_.kube.Put(kube::kPods,
                {{"metadata",
                  {{"name", absl::StrCat(pod.job, "-pod")},
                   {"namespace", kNamespace},
                   {"labels", {{"batch.kubernetes.io/controller-uid", pod.uid}}}}},
                 {"spec", {{"containers", json::array()}}},
                 {"status",
                  {{"phase", "Failed"},
                   {"containerStatuses",
                    {{{"name", "migration"},
                      {"state",
                       {{"terminated",
                         {{"exitCode", 137},
                          {"message", absl::StrCat("lost postgresql://m:", pod.password, "@db.example.com")}}}}}}}}}}});
}

void SimJobs::EndJob(const Pod& pod, bool success, const std::string& message) {
  if (!JobAwaits(pod)) return;
  env_.kube.Touch(kube::kJobs, {kNamespace, pod.job},
                  {{"status",
                    {{"conditions",
                      {{{"type", success ? "Complete" : "Failed"},
                        {"status", "True"},
                        {"reason", success ? "CompletionsReached" : "BackoffLimitExceeded"},
                        {"message", message},
                        {"lastTransitionTime", api::TimeToText(env_.clock.Now())}}}}}}});
  env_.Happened(success ? "Job completes" : "Job fails", absl::StrCat(pod.job, " ", message));
}

void SimJobs::End(size_t index, bool success, const std::string& message) {
  const Pod pod = pods_[index];
  pods_.erase(pods_.begin() + static_cast<std::ptrdiff_t>(index));
  env_.database.Close(pod.connection);
  if (!pod.zombie) EndJob(pod, success, message);
}

}  // namespace dba::simulation
