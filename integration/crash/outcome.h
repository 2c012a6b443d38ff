// SPDX-License-Identifier: Apache-2.0
//
// Everything a migrated database ended with, in words that are the same in every run: what is left, and how often each
// thing was made and deleted on the way.
#ifndef DBA_INTEGRATION_CRASH_OUTCOME_H_
#define DBA_INTEGRATION_CRASH_OUTCOME_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "integration/crash/cluster.h"
#include "integration/crash/engine_server.h"

namespace dba {

// On what the operator makes: the version that a thing is for, and what a Secret is for.
inline constexpr char kVersionLabel[] = "dbaoperator.dev/migration";
inline constexpr char kRoleLabel[] = "dbaoperator.dev/role";

// The table that each migration adds a row to.
inline constexpr char kEffectTable[] = "effect_of_migration";

// One ManagedDatabase, alone in its namespace.
struct CrashSubject {
  Cluster& cluster;
  EngineServer& server;
  std::string name_space;
  std::string name;      // of the ManagedDatabase
  std::string database;  // in the server
};

// Sentences, sorted: "Secret intent/v1: made 1, deleted 1".
using Outcome = std::vector<std::string>;

// UNAVAILABLE: the watches or the server's log have not told everything yet; ask again.
absl::StatusOr<Outcome> CollectOutcome(const CrashSubject& subject);

// What `actual` has and lacks, one sentence a line; empty when they are equal.
std::string Difference(const Outcome& expected, const Outcome& actual);

// What the name of an object or account stands for: "migrator/v1", "application/v2"; the name itself when it is none of
// the record's Secrets, Jobs and their accounts.
std::function<std::string(absl::string_view verb, absl::string_view object)> Labels(const NamespaceRecord& record);

// The contents of a Secret, decoded. Codes are those of KubeClient.
absl::StatusOr<std::map<std::string, std::string>> ReadSecret(kube::KubeClient& kube, const kube::ObjectKey& key);

}  // namespace dba

#endif  // DBA_INTEGRATION_CRASH_OUTCOME_H_
