// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_accounts.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status_macros.h"
#include "dbagent/credentials/account_errors.h"
#include "dbagent/credentials/mark.h"
#include "dbagent/credentials/migration_gate.h"
#include "dbagent/db/mysql/mysql_marks.h"
#include "dbagent/db/mysql/mysql_obstacles.h"
#include "dbagent/db/mysql/mysql_sessions.h"
#include "dbagent/db/mysql/mysql_user.h"

namespace dba::agent {
namespace {

constexpr absl::Duration kPatienceOfDrop = absl::Seconds(2);
constexpr absl::Duration kPatienceOfList = absl::Milliseconds(300);

absl::Status HalfMade(absl::string_view name) {
  return absl::FailedPreconditionError(absl::StrCat(
      "account ", name, " was being made when the agent stopped, so it may be somebody else's; it was not touched. ",
      "Ensure it with its password, or, if it is not in use, as root run: DROP USER ", name, "@'%'"));
}

absl::Status AlterLock(MysqlConnection& connection, absl::string_view name, bool locked, absl::Time deadline) {
  return connection
      .Run(absl::StrCat("ALTER USER ", MysqlUser(name), locked ? " ACCOUNT LOCK" : " ACCOUNT UNLOCK"), deadline)
      .status();
}

// Behind the fence. NOT_FOUND: no account of the owner.
absl::StatusOr<MysqlMark> FindAccount(MysqlConnection& connection, const AccountRef& account, absl::Time deadline) {
  DBA_RETURN_IF_ERROR(PassMysqlFence(connection, account.owner, account.epoch, deadline));
  DBA_ASSIGN_OR_RETURN(const std::optional<MysqlMark> mark, FindMysqlMark(connection, account.name, deadline));
  if (!mark || mark->owner != account.owner) return NoSuchAccount(account.name);
  return *mark;
}

absl::Status CheckUnused(MysqlConnection& connection, const std::string& name, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(MysqlUse use, ReadMysqlUse(connection, kPatienceOfDrop, deadline));
  const std::vector<Session>& sessions = use.sessions[name];
  if (!sessions.empty()) {
    return NotDropped(name, absl::StrCat("has ", sessions.size(), " open session(s), the first is connection ",
                                         sessions[0].id, " from ", sessions[0].client));
  }
  if (use.logins_in_flight > 0) {
    return NotDropped(name, absl::StrCat("may be one of ", use.logins_in_flight, " login(s) in flight: try again"));
  }
  DBA_ASSIGN_OR_RETURN(auto obstacles, ReadMysqlObstacles(connection, {name}, deadline));
  if (const std::vector<std::string>& in_the_way = obstacles[name]; !in_the_way.empty()) {
    return NotDropped(name, absl::StrCat("is still ", absl::StrJoin(in_the_way, ", "),
                                         ": give what it defines another definer, REVOKE it from members and proxies"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<AccountList> ListMysqlAccounts(MysqlConnection& connection, absl::string_view owner,
                                              absl::Time deadline) {
  // The marks, with `locked`, before the sessions: see ListPgAccounts.
  DBA_ASSIGN_OR_RETURN(const std::vector<MysqlMark> marks, ListMysqlMarks(connection, owner, deadline));
  std::vector<std::string> locked;
  bool patient = false;  // as in ListPgAccounts
  for (const MysqlMark& mark : marks) {
    if (mark.locked) locked.push_back(mark.name);
    patient = patient || mark.locked || mark.kind == kMigratorKind;
  }
  DBA_ASSIGN_OR_RETURN(MysqlUse use,
                       ReadMysqlUse(connection, patient ? kPatienceOfList : absl::ZeroDuration(), deadline));
  DBA_ASSIGN_OR_RETURN(auto obstacles, ReadMysqlObstacles(connection, locked, deadline));
  AccountList list;
  DBA_ASSIGN_OR_RETURN(list.epoch, ReadMysqlEpoch(connection, owner, deadline));
  list.logins_in_flight = use.logins_in_flight;
  for (const MysqlMark& mark : marks) {
    Account account;
    account.name = mark.name;
    account.kind = KindFromName(mark.kind).value_or(AccountKind::kApplication);
    account.version = mark.version;
    account.locked = mark.locked;
    account.sessions = use.sessions[mark.name];
    account.obstacles = obstacles[mark.name];
    list.accounts.push_back(std::move(account));
  }
  return list;
}

absl::Status SetMysqlAccountLocked(MysqlConnection& connection, const AccountRef& account, bool locked,
                                   absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const auto lock, MysqlOwnerLock::Take(connection, account.owner, deadline));
  DBA_ASSIGN_OR_RETURN(const MysqlMark mark, FindAccount(connection, account, deadline));
  if (mark.creating) {
    DBA_ASSIGN_OR_RETURN(const bool exists, MysqlUserExists(connection, account.name, deadline));
    if (exists) return HalfMade(account.name);
  }
  if (!locked) DBA_RETURN_IF_ERROR(SetMysqlMark(connection, account.name, "locked = 0", deadline));
  const absl::Status altered = AlterLock(connection, account.name, locked, deadline);
  // An account that somebody dropped by hand lets nobody in: its mark is locked, so that it can be retired.
  const bool gone = MysqlErrorNumber(altered) == kMysqlCannotUser;
  if (gone && !locked) {
    return absl::NotFoundError(
        absl::StrCat("account ", account.name, " has a mark but does not exist: ensure or drop it"));
  }
  if (!gone) DBA_RETURN_IF_ERROR(altered);
  return locked ? SetMysqlMark(connection, account.name, "locked = 1", deadline) : absl::OkStatus();
}

absl::StatusOr<uint32_t> TerminateMysqlSessions(MysqlConnection& connection, const AccountRef& account,
                                                absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const auto lock, MysqlOwnerLock::Take(connection, account.owner, deadline));
  DBA_ASSIGN_OR_RETURN(const MysqlMark mark, FindAccount(connection, account, deadline));
  if (!mark.locked) return NotLocked(account.name);
  // Whoever unlocked it by hand is shut out again before the sessions are listed.
  const absl::Status relocked = AlterLock(connection, account.name, true, deadline);
  if (MysqlErrorNumber(relocked) == kMysqlCannotUser) return 0;
  DBA_RETURN_IF_ERROR(relocked);
  DBA_ASSIGN_OR_RETURN(MysqlUse use, ReadMysqlUse(connection, absl::ZeroDuration(), deadline));
  const std::vector<Session>& sessions = use.sessions[account.name];
  for (const Session& session : sessions) DBA_RETURN_IF_ERROR(KillMysqlSession(connection, session, deadline));
  return static_cast<uint32_t>(sessions.size());
}

absl::StatusOr<bool> DropMysqlAccount(MysqlConnection& connection, const AccountRef& account, absl::Time deadline) {
  const std::string& name = account.name;
  DBA_ASSIGN_OR_RETURN(const auto lock, MysqlOwnerLock::Take(connection, account.owner, deadline));
  DBA_RETURN_IF_ERROR(PassMysqlFence(connection, account.owner, account.epoch, deadline));
  DBA_ASSIGN_OR_RETURN(const std::optional<MysqlMark> mark, FindMysqlMark(connection, name, deadline));
  if (mark && mark->owner != account.owner) return NotOurs(name);
  if (!mark) {
    DBA_ASSIGN_OR_RETURN(const bool exists, MysqlUserExists(connection, name, deadline));
    if (exists) return NotOurs(name);
    return false;
  }
  if (!mark->locked) return NotDropped(name, "is not locked: lock it first");
  // Whoever unlocked it by hand is shut out again before the sessions are counted.
  const absl::Status relocked = AlterLock(connection, name, true, deadline);
  const bool gone = MysqlErrorNumber(relocked) == kMysqlCannotUser;
  if (!gone) DBA_RETURN_IF_ERROR(relocked);
  DBA_RETURN_IF_ERROR(CheckUnused(connection, name, deadline));
  DBA_RETURN_IF_ERROR(connection.Run(absl::StrCat("DROP USER IF EXISTS ", MysqlUser(name)), deadline).status());
  DBA_RETURN_IF_ERROR(DeleteMysqlMark(connection, name, deadline));
  return !gone;
}

absl::Status KeepMysqlEpoch(MysqlConnection& connection, absl::string_view owner, uint64_t epoch, absl::Time deadline) {
  DBA_ASSIGN_OR_RETURN(const auto lock, MysqlOwnerLock::Take(connection, owner, deadline));
  DBA_ASSIGN_OR_RETURN(const AccountList list, ListMysqlAccounts(connection, owner, deadline));
  if (list.accounts.empty() && list.epoch == 0) return absl::OkStatus();
  return PassMysqlFence(connection, owner, epoch, deadline);
}

absl::Status BeginMysqlMigration(MysqlConnection& connection, const MigrationStart& start,
                                 const std::function<SchemaVersion()>& read_version, absl::Time deadline) {
  DBA_RETURN_IF_ERROR(MakeMysqlMarkTables(connection, deadline));
  DBA_ASSIGN_OR_RETURN(const auto lock, MysqlOwnerLock::Take(connection, start.owner, deadline));
  DBA_RETURN_IF_ERROR(PassMysqlFence(connection, start.owner, start.epoch, deadline));
  DBA_ASSIGN_OR_RETURN(const AccountList list, ListMysqlAccounts(connection, start.owner, deadline));
  DBA_RETURN_IF_ERROR(CheckNoMigratorAtWork(list));
  return CheckVersionIs(read_version(), start.expected_versions);
}

}  // namespace dba::agent
