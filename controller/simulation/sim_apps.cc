// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/sim_apps.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "controller/plan/names.h"
#include "controller/simulation/object_text.h"

namespace dba::simulation {
namespace {

constexpr size_t kMaxApps = 4;

std::string SecretOf(int version) { return plan::ApplicationSecret(kDatabase, VersionName(version)); }

}  // namespace

int SimApps::NewestPublished() const {
  for (int version = env_.current(); version > 0; --version) {
    if (env_.kube.View(kube::kSecrets, {kNamespace, SecretOf(version)}) != nullptr) return version;
  }
  return 0;
}

void SimApps::Populate() {
  for (int version = 1; version <= env_.current(); ++version) {
    if (env_.rng.Chance(500)) StartPodOf(version);
  }
}

void SimApps::StartPod() {
  const int newest = NewestPublished();
  const int choice = env_.rng.Below(100);
  const int version = choice < 80 ? newest : choice < 95 ? env_.current() + 1 : env_.rng.Below(env_.current() + 1);
  if (version > 0) StartPodOf(version);
}

void SimApps::StartPodOf(int version) {
  App app;
  app.version = version;
  app.pod = absl::StrCat("app-", next_++);
  env_.kube.Put(
      kube::kPods,
      {{"metadata", {{"name", app.pod}, {"namespace", kNamespace}}},
       {"spec",
        {{"containers", {{{"name", "app"}, {"envFrom", {{{"secretRef", {{"name", SecretOf(app.version)}}}}}}}}}}},
       {"status", {{"phase", "Running"}}}});
  checker_.PodStarted(app.pod, SecretOf(app.version));
  env_.Happened("Pod starts", absl::StrCat(app.pod, " with ", SecretOf(app.version)));
  apps_.push_back(app);
}

void SimApps::EndPod(App& app, bool keep_session) {
  const kube::ObjectKey key{kNamespace, app.pod};
  if (env_.rng.Chance(500)) {
    env_.kube.Touch(kube::kPods, key, {{"status", {{"phase", "Succeeded"}}}});
  } else {
    env_.kube.Remove(kube::kPods, key);
  }
  checker_.PodEnded(app.pod);
  app.gone = true;
  if (!keep_session) {
    env_.database.Close(app.connection);
    app.connection = 0;
  } else if (app.connection != 0) {
    // Its session may be younger than the list of accounts, and its end older than that of Pods.
    checker_.WantedLate(app.version);
  }
  env_.Happened(keep_session && app.connection != 0 ? "Pod ends, its session stays" : "Pod ends", app.pod);
}

void SimApps::Advance(App& app) {
  if (!app.started) {
    const auto secret = env_.kube.View(kube::kSecrets, {kNamespace, SecretOf(app.version)});
    if (secret == nullptr) return;
    app.account = SecretText(*secret, "username");
    app.password = SecretText(*secret, "password");
    app.started = true;
    return;
  }
  if (app.connection == 0) {
    const absl::StatusOr<int> login = env_.database.BeginLogin(app.account, app.password, "10.0.0.7");
    if (login.ok()) app.connection = *login;
  } else if (!env_.database.IsSession(app.connection)) {
    if (!env_.database.FinishLogin(app.connection)) app.connection = 0;
  } else if (env_.rng.Chance(300)) {
    env_.database.Close(app.connection);
    app.connection = 0;
  }
}

void SimApps::Step() {
  if (apps_.empty() || (apps_.size() < kMaxApps && env_.rng.Chance(150))) {
    StartPod();
    return;
  }
  const size_t index = static_cast<size_t>(env_.rng.Below(static_cast<int>(apps_.size())));
  App& app = apps_[index];
  if (app.gone) {
    if (env_.rng.Chance(700)) return;
    env_.database.Close(app.connection);
    apps_.erase(apps_.begin() + static_cast<std::ptrdiff_t>(index));
  } else if (env_.rng.Chance(app.version < NewestPublished() ? 200 : 50)) {
    EndPod(app, env_.rng.Chance(300));
  } else {
    Advance(app);
  }
}

void SimApps::Settle() {
  const int newest = NewestPublished();
  for (App& app : apps_) {
    if (app.gone) {
      env_.database.Close(app.connection);
      app.connection = 0;
    } else if (app.version != newest || env_.unwanted()) {
      EndPod(app, false);
    } else if (app.connection != 0) {
      env_.database.FinishLogin(app.connection);
    }
  }
  apps_.erase(std::remove_if(apps_.begin(), apps_.end(), [](const App& app) { return app.gone; }), apps_.end());
}

}  // namespace dba::simulation
