// SPDX-License-Identifier: Apache-2.0
//
// The mark that makes an account ours, and the names of the roles that accounts of one owner share. Pure.
// Guards: nothing without our mark is changed; no two owners on one server touch each other's accounts.
#ifndef DBA_DBAGENT_CREDENTIALS_MARK_H_
#define DBA_DBAGENT_CREDENTIALS_MARK_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "dbagent/db/types.h"

namespace dba::agent {

struct Mark {
  std::string owner;
  std::string kind;                  // "application", "migrator" or "group"
  std::string version;               // empty for a group
  std::string password_digest = {};  // of the password last set (password_digest.h); PostgreSQL only
  uint64_t epoch = 0;                // of the group that owns tables: the highest that changed something for the owner
};

inline constexpr char kApplicationKind[] = "application";
inline constexpr char kMigratorKind[] = "migrator";
inline constexpr char kGroupKind[] = "group";

absl::string_view KindName(AccountKind kind);

// The kind of an account; nullopt for a group and for words of a later release.
std::optional<AccountKind> KindFromName(absl::string_view name);

// The mark as text, for a comment on a role: one line of JSON.
std::string FormatMark(const Mark& mark);

// The mark in `text`; nullopt when it is somebody else's comment.
std::optional<Mark> ParseMark(absl::string_view text);

// The roles that the accounts of one owner share, in PostgreSQL.
struct GroupRoles {
  std::string owner;       // owns the tables that migrations make
  std::string read_write;  // what applications are members of
  std::string read_only;
};
// The names: dba_own_, dba_rw_ and dba_ro_ before 20 hex digits of SHA-256(owner).
GroupRoles GroupRolesOf(absl::string_view owner);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_CREDENTIALS_MARK_H_
