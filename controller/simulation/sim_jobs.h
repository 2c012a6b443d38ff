// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_SIMULATION_SIM_JOBS_H_
#define DBA_CONTROLLER_SIMULATION_SIM_JOBS_H_

#include <set>
#include <string>
#include <vector>

#include "controller/simulation/checker.h"
#include "controller/simulation/environment.h"

namespace dba::simulation {

// The Job controller with its nodes, and a migration tool in each Pod: it logs in with the attempt's Secret, takes the
// version table's lock, upgrades only if the table says `previous`, and commits version and effect together. Pods may
// start twice, die before or after the commit, or go on alone after their node was lost. Not thread-safe.
class SimJobs {
 public:
  SimJobs(Environment* env, Checker* checker) : env_(*env), checker_(*checker) {}

  // One small move of the Job controller or of one Pod.
  void Step();
  // Whether no Pod works and no released Job waits.
  bool Idle() const;

 private:
  enum class State { kStarting, kReady, kLoggingIn, kConnected, kLocking, kCommitted };
  struct Pod {
    std::string job;
    std::string uid;
    int version = 0;
    State state = State::kStarting;
    int connection = 0;
    std::string password;
    int waited = 0;       // for its Secret, in calm
    bool zombie = false;  // the Job does not know of it any more
  };

  void StartPods();
  void Advance(size_t index);
  void Body(size_t index);
  void Die(size_t index);
  // The Pod is over: closes its connection, and tells the Job unless it is a zombie.
  void End(size_t index, bool success, const std::string& message);
  void EndJob(const Pod& pod, bool success, const std::string& message);
  void TellPhase(const Pod& pod, const char* phase);
  void TellLastWords(const Pod& pod);
  bool ReadSecret(Pod& pod);
  bool Login(Pod& pod);
  // Whether the Job is the Pod's and has not ended.
  bool JobAwaits(const Pod& pod) const;

  Environment& env_;
  Checker& checker_;
  std::set<std::string> started_;  // UIDs of Jobs
  std::vector<Pod> pods_;
};

}  // namespace dba::simulation

#endif  // DBA_CONTROLLER_SIMULATION_SIM_JOBS_H_
