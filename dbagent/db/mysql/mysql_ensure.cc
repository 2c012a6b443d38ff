// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_ensure.h"

#include <optional>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/random.h"
#include "common/status_macros.h"
#include "dbagent/credentials/account_errors.h"
#include "dbagent/credentials/mark.h"
#include "dbagent/credentials/password_digest.h"
#include "dbagent/db/identifier.h"
#include "dbagent/db/mysql/mysql_grants.h"
#include "dbagent/db/mysql/mysql_hash.h"
#include "dbagent/db/mysql/mysql_marks.h"
#include "dbagent/db/mysql/mysql_user.h"

namespace dba::agent {
namespace {

std::string IdentifiedClause(MysqlConnection& connection, const Secret& password) {
  if (connection.is_mariadb()) {
    return absl::StrCat("IDENTIFIED VIA mysql_native_password USING '", NativePasswordHash(password), "'");
  }
  std::string random(20, '\0');
  KernelRandom().Fill(absl::MakeSpan(reinterpret_cast<uint8_t*>(random.data()), random.size()));
  const std::string hash = CachingSha2Hash(password, SaltFromRandom(random));
  return absl::StrCat("IDENTIFIED WITH caching_sha2_password AS 0x", absl::BytesToHexString(hash));
}

// How an account came to be there.
enum class Origin { kMadeNow, kFinishedNow, kExisted };

// Makes the account, locked, under a mark of ours.
absl::StatusOr<Origin> CreateLocked(MysqlConnection& connection, const AccountSpec& spec, absl::string_view identified,
                                    const std::optional<MysqlMark>& mark, const ProbeLogin& probe,
                                    absl::Time deadline) {
  if (!mark) {
    DBA_RETURN_IF_ERROR(AddMysqlMark(connection,
                                     {spec.name, spec.owner, std::string(KindName(spec.kind)), spec.version, "",
                                      /*locked=*/false, /*creating=*/true},
                                     deadline));
  }
  const absl::Status created =
      connection.Run(absl::StrCat("CREATE USER ", MysqlUser(spec.name), " ", identified, " ACCOUNT LOCK"), deadline)
          .status();
  if (created.ok()) return Origin::kMadeNow;
  if (MysqlErrorNumber(created) != kMysqlCannotUser) {
    return ExplainMysqlDenial(created, "GRANT CREATE USER ON *.* TO the admin account");
  }
  if (mark && !mark->creating) return Origin::kExisted;
  if (mark) {
    DBA_ASSIGN_OR_RETURN(const ProbeResult login, probe(spec.name, spec.password));
    if (login.outcome == ProbeResult::Outcome::kRefused) return NotOurs(spec.name);
    return Origin::kFinishedNow;
  }
  // The mark was written by this very call: the account was there before, so somebody else made it.
  DBA_RETURN_IF_ERROR(DeleteMysqlMark(connection, spec.name, deadline));
  return NotOurs(spec.name);
}

// Whether the account has this password. Both servers compare it before they refuse a locked account.
absl::StatusOr<bool> HasPassword(const MysqlMark& mark, const Secret& password, const ProbeLogin& probe) {
  if (!mark.password_digest.empty()) return IsDigestOf(mark.password_digest, password);
  DBA_ASSIGN_OR_RETURN(const ProbeResult login, probe(mark.name, password));
  return login.outcome != ProbeResult::Outcome::kRefused;
}

std::string SetDigest(const Secret& password) {
  return absl::StrCat("password_digest = ", QuoteMysqlLiteral(PasswordDigest(password)));
}

}  // namespace

absl::StatusOr<bool> EnsureMysqlAccount(MysqlConnection& connection, const AccountSpec& spec,
                                        absl::string_view database, const ProbeLogin& probe, absl::Time deadline) {
  DBA_RETURN_IF_ERROR(CheckMysqlExtras(connection, spec, database));
  DBA_RETURN_IF_ERROR(MakeMysqlMarkTables(connection, deadline));
  DBA_ASSIGN_OR_RETURN(const auto lock, MysqlOwnerLock::Take(connection, spec.owner, deadline));
  DBA_RETURN_IF_ERROR(PassMysqlFence(connection, spec.owner, spec.epoch, deadline));
  DBA_ASSIGN_OR_RETURN(const std::optional<MysqlMark> mark, FindMysqlMark(connection, spec.name, deadline));
  if (mark && mark->owner != spec.owner) return NotOurs(spec.name);
  const std::string identified = IdentifiedClause(connection, spec.password);
  DBA_ASSIGN_OR_RETURN(const Origin origin, CreateLocked(connection, spec, identified, mark, probe, deadline));
  const bool replace = origin != Origin::kMadeNow && spec.replace_password;
  if (origin == Origin::kExisted) {
    DBA_ASSIGN_OR_RETURN(const bool same, HasPassword(*mark, spec.password, probe));
    if (!same && !replace) return OtherPassword(spec.name);
  } else {
    DBA_RETURN_IF_ERROR(
        SetMysqlMark(connection, spec.name, absl::StrCat("creating = 0, ", SetDigest(spec.password)), deadline));
  }
  DBA_RETURN_IF_ERROR(GrantMysqlRights(connection, spec, database, deadline));
  DBA_RETURN_IF_ERROR(SetMysqlMark(
      connection, spec.name,
      absl::StrCat("kind = ", QuoteMysqlLiteral(KindName(spec.kind)), ", version = ", QuoteMysqlLiteral(spec.version),
                   ", locked = 0", replace ? ", password_digest = ''" : ""),
      deadline));
  // lock_wait_timeout cannot be set for an account on MySQL or MariaDB: a migrator's lock_timeout is the business of
  // whoever opens its sessions.
  const bool migrator = spec.kind == AccountKind::kMigrator;
  DBA_RETURN_IF_ERROR(
      connection
          .Run(absl::StrCat("ALTER USER ", MysqlUser(spec.name), replace ? " " : "", replace ? identified : "",
                            migrator ? absl::StrCat(" WITH MAX_USER_CONNECTIONS ", spec.connection_limit) : "",
                            " ACCOUNT UNLOCK"),
               deadline)
          .status());
  if (replace) DBA_RETURN_IF_ERROR(SetMysqlMark(connection, spec.name, SetDigest(spec.password), deadline));
  return origin == Origin::kMadeNow;
}

}  // namespace dba::agent
