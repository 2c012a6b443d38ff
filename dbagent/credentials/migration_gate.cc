// SPDX-License-Identifier: Apache-2.0
#include "dbagent/credentials/migration_gate.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace dba::agent {
namespace {

std::string Words(const std::vector<std::string>& versions) {
  return versions.empty() ? "no version" : absl::StrJoin(versions, ", ");
}

}  // namespace

absl::Status CheckNoMigratorAtWork(const AccountList& list) {
  bool any = false;
  for (const Account& account : list.accounts) {
    if (account.kind != AccountKind::kMigrator) continue;
    any = true;
    if (!account.sessions.empty()) {
      const Session& first = account.sessions[0];
      return absl::FailedPreconditionError(absl::StrCat("migrator account ", account.name, " still has ",
                                                        account.sessions.size(), " session(s), the first is ", first.id,
                                                        first.client.empty() ? "" : " from ", first.client,
                                                        ": wait for it, or lock the account and end its sessions"));
    }
    if (account.prepared_transactions > 0) {
      return absl::FailedPreconditionError(
          absl::StrCat("migrator account ", account.name, " has ", account.prepared_transactions,
                       " prepared transaction(s): COMMIT PREPARED or ROLLBACK PREPARED"));
    }
  }
  if (any && list.logins_in_flight > 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("a migrator account may be one of ", list.logins_in_flight, " login(s) in flight: try again"));
  }
  return absl::OkStatus();
}

absl::Status CheckVersionIs(const SchemaVersion& version, const std::vector<std::string>& expected) {
  switch (version.state) {
    case SchemaVersion::State::kKnown:
    case SchemaVersion::State::kNone:
      if (version.versions == expected) return absl::OkStatus();
      return absl::FailedPreconditionError(absl::StrCat("the version table says ", Words(version.versions), ", not ",
                                                        Words(expected), ": observe the database again"));
    case SchemaVersion::State::kDirty:
      return absl::FailedPreconditionError(version.detail);
    case SchemaVersion::State::kUnknown:
      break;
  }
  return absl::FailedPreconditionError(absl::StrCat("the schema version cannot be read: ", version.detail));
}

}  // namespace dba::agent
