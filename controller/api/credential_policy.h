// SPDX-License-Identifier: Apache-2.0
//
// spec.credentials of a ManagedDatabase: what the accounts of applications may do, and how they come and go.
#ifndef DBA_CONTROLLER_API_CREDENTIAL_POLICY_H_
#define DBA_CONTROLLER_API_CREDENTIAL_POLICY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace dba::api {

enum class Privileges { kReadWrite, kReadOnly };

// What is done about a credential that is to be retired and turns out to be in use.
enum class OnInUse {
  kWait,       // nothing is taken away; a session that is found after the lock is waited for with the lock held
  kRevert,     // everything is given back
  kTerminate,  // its sessions are ended; what refers to its Secret is waited for all the same
};

enum class DeletionPolicy {
  kRetain,  // accounts and Secrets of applications outlive the ManagedDatabase
  kDelete,  // they are retired first
};

// A right of application accounts beyond their privileges, in the words of the agent's API.
struct Grant {
  std::vector<std::string> privileges;
  std::string kind;
  std::string name;
};

// A further kind of object that refers to Secrets by name.
struct ReferenceKind {
  std::string api_version;  // "group/version"
  std::string kind;
  std::string resource;            // its plural, as in the API server's paths
  std::vector<std::string> paths;  // of Secret names: "spec.valuesFrom[].name"
};

struct CredentialPolicy {
  Privileges privileges = Privileges::kReadWrite;
  std::vector<Grant> extra_grants;
  OnInUse on_in_use = OnInUse::kWait;
  absl::Duration quarantine = absl::ZeroDuration();  // how long an account stays locked before it is dropped
  DeletionPolicy deletion_policy = DeletionPolicy::kRetain;
  // How long a deletion waits for an agent or a database that cannot be reached.
  absl::Duration deletion_timeout = absl::Minutes(10);
  std::vector<ReferenceKind> referenced_by;
};

// The value of `spec`.credentials. INVALID_ARGUMENT names the field and what it should be.
absl::StatusOr<CredentialPolicy> ParseCredentialPolicy(const nlohmann::json& spec);

}  // namespace dba::api

#endif  // DBA_CONTROLLER_API_CREDENTIAL_POLICY_H_
