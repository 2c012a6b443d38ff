// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/postgres/pg_fence.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "dbagent/credentials/account_errors.h"
#include "dbagent/credentials/fence.h"
#include "dbagent/credentials/mark.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/postgres/pg_grants.h"
#include "dbagent/db/postgres/pg_roles.h"

namespace dba::agent {

absl::Status PassPgFence(PgConnection& connection, absl::string_view owner, uint64_t epoch, NewOwner new_owner,
                         absl::Time deadline) {
  if (epoch == 0) return absl::OkStatus();
  const std::string name = GroupRolesOf(owner).owner;
  DBA_ASSIGN_OR_RETURN(std::optional<PgRole> role, FindPgRole(connection, name, deadline));
  if (!role) {
    if (new_owner == NewOwner::kLeave) return absl::OkStatus();
    DBA_RETURN_IF_ERROR(EnsurePgOwnerRole(connection, owner, deadline));
    DBA_ASSIGN_OR_RETURN(role, FindPgRole(connection, name, deadline));
  }
  if (!role || !IsMarkedFor(*role, owner) || role->mark->kind != kGroupKind) return NotOurs(name);
  Mark mark = *role->mark;
  DBA_RETURN_IF_ERROR(CheckEpoch(epoch, mark.epoch));
  if (epoch == mark.epoch) return absl::OkStatus();
  mark.epoch = epoch;
  return connection.Run(
      absl::StrCat("COMMENT ON ROLE ", QuotePostgresIdentifier(name), " IS ", QuotePostgresLiteral(FormatMark(mark))),
      deadline);
}

}  // namespace dba::agent
