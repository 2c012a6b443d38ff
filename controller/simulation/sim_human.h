// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_SIMULATION_SIM_HUMAN_H_
#define DBA_CONTROLLER_SIMULATION_SIM_HUMAN_H_

#include <string>
#include <vector>

#include "controller/simulation/checker.h"
#include "controller/simulation/environment.h"

namespace dba::simulation {

// The people around a database: they ask for newer versions, ask for another attempt, and in some runs delete Secrets
// and Jobs, lock accounts, or delete the ManagedDatabase; and the database's own accidents. Not thread-safe.
class SimHuman {
 public:
  SimHuman(Environment* env, Checker* checker) : env_(*env), checker_(*checker) {}

  // Puts objects and accounts there that look like ours and are not.
  void PlaceForeign();
  void Step();
  // What people do so that things can come to rest: undo their locks, ask for what is still missing, retry; or delete
  // the ManagedDatabase, where the profile says that they do.
  void Settle();
  // Asks for another attempt if the last one failed.
  void RetryIfFailed();

 private:
  void RaiseDesired();
  void Retry();
  void DeleteSecret();
  void DeleteJob();
  void LockAccount();
  void ChangePassword();
  // Says that a server without traces of the operator is the database from now on.
  void AcceptDatabase();
  void DeleteDatabase();
  void Accident();

  Environment& env_;
  Checker& checker_;
  std::vector<DatabaseImage> backups_;
  int accidents_ = 0;
  int retries_ = 0;
};

}  // namespace dba::simulation

#endif  // DBA_CONTROLLER_SIMULATION_SIM_HUMAN_H_
