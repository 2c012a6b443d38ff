// SPDX-License-Identifier: Apache-2.0
//
// Bugs that the simulation can put back at run time, at the edges of the controller: each is what the controller would
// do if one guard were missing, and some seed must find it.
#ifndef DBA_CONTROLLER_SIMULATION_MUTANT_H_
#define DBA_CONTROLLER_SIMULATION_MUTANT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace dba::simulation {

enum class Mutant {
  kNone,
  kSessionsHidden,           // sessions are reported as none
  kLoginsHidden,             // logins in flight are reported as none
  kPodsHidden,               // no Pod is ever seen
  kPodsErrorEmpty,           // Pods that cannot be listed read as none
  kPodsOfLostSecretsHidden,  // Pods whose Secret was deleted are not seen
  kAccountsErrorEmpty,       // accounts that cannot be listed read as none
  kJobsErrorEmpty,           // Jobs that cannot be listed read as none
  kSecretsErrorEmpty,        // Secrets that cannot be listed read as none
  kVersionErrorNone,         // a version table that cannot be read reads as empty
  kPreconditionsIgnored,     // uid and resourceVersion of deletes and patches are not sent
  kJobStartsAtOnce,          // the Job is not created suspended
  kSecretOverwritten,        // a Secret that exists is replaced, with a new password
  kPublishedUnproven,        // the published password is not the proven one
  kLockForgotten,            // locking answers OK and does nothing
  kLockBeforeDropUnseen,     // accounts are reported as locked
  kPasswordTold,             // a failed call's message holds the password
  kMarksIgnored,             // accounts without our mark are taken for ours
  kProbeAlwaysOk,            // a login that is refused is told as one that works
  kFenceIgnored,             // epochs are not compared
  kIntentForgotten,          // the intent is kept in memory only: its Secret does not outlive the process
};

// All but kNone.
const std::vector<Mutant>& AllMutants();
std::string MutantName(Mutant mutant);
// kNone for a name that is none.
Mutant MutantFromName(absl::string_view name);

}  // namespace dba::simulation

#endif  // DBA_CONTROLLER_SIMULATION_MUTANT_H_
