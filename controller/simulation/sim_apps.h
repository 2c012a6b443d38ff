// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_SIMULATION_SIM_APPS_H_
#define DBA_CONTROLLER_SIMULATION_SIM_APPS_H_

#include <string>
#include <vector>

#include "controller/simulation/checker.h"
#include "controller/simulation/environment.h"

namespace dba::simulation {

// Application Pods: each refers to the published Secret of one version, keeps the password it read when it started,
// logs in and out, and ends; some leave a session behind after their Pod is gone. Not thread-safe.
class SimApps {
 public:
  SimApps(Environment* env, Checker* checker) : env_(*env), checker_(*checker) {}

  // Starts a Pod for some of the published versions.
  void Populate();
  // One small move of one Pod, or a new one.
  void Step();
  // Ends what uses another version than the newest published one, and finishes every login: what a roll-out comes to.
  void Settle();

 private:
  struct App {
    std::string pod;
    int version = 0;
    bool started = false;
    bool gone = false;  // the Pod ended; its session may be open
    std::string account;
    std::string password;
    int connection = 0;
  };

  int NewestPublished() const;
  void StartPod();
  void StartPodOf(int version);
  void EndPod(App& app, bool keep_session);
  void Advance(App& app);

  Environment& env_;
  Checker& checker_;
  std::vector<App> apps_;
  int next_ = 1;
};

}  // namespace dba::simulation

#endif  // DBA_CONTROLLER_SIMULATION_SIM_APPS_H_
