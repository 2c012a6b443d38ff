// SPDX-License-Identifier: Apache-2.0
//
// The seam to a database server: what every engine can do for one database. PostgreSQL, MariaDB and MySQL implement
// it over SQL and FakeDatabase in memory; one contract test (testing/database_contract_test.h) runs on all of them.
//
// Rules for all methods
//   deadline  absolute; covers waiting for a connection, connecting and every statement. The server gets its own
//             statement time limit from it, so that nothing goes on running after the caller has left.
//   errors    UNAVAILABLE not reachable now; DEADLINE_EXCEEDED the effect is unknown, repeat; UNAUTHENTICATED the
//             admin credentials were refused; PERMISSION_DENIED the message names the missing right;
//             RESOURCE_EXHAUSTED all connections busy until the deadline. Methods that take an epoch: ABORTED with
//             IsFenced() true: a higher one was seen, nothing was changed. Further codes stand at each method.
//   calls     are idempotent, thread-safe and block.
#ifndef DBA_DBAGENT_DB_DATABASE_H_
#define DBA_DBAGENT_DB_DATABASE_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/secret.h"
#include "dbagent/db/facts_source.h"
#include "dbagent/db/types.h"

namespace dba::agent {

class Database : public FactsSource {
 public:
  // What server this is. FAILED_PRECONDITION: the database of the credentials does not exist.
  virtual absl::StatusOr<ServerInfo> Describe(absl::Time deadline) = 0;

  // Runs one SELECT in a read-only transaction, through a protocol that takes one statement only.
  // NOT_FOUND: a table or schema it names does not exist. INVALID_ARGUMENT: not one SELECT, an error in the SQL, more
  // than max_rows rows, or a longer value than max_value_bytes.
  virtual absl::StatusOr<RowSet> Select(const SelectRequest& request, absl::Time deadline) = 0;

  // Keeps the epoch if it is higher than the owner's; an owner that this server does not know stays unknown.
  // ABORTED (IsFenced): a higher one is kept.
  virtual absl::Status KeepEpoch(absl::string_view owner, uint64_t epoch, absl::Time deadline) = 0;

  // The accounts marked for `owner`, their sessions, and the logins that no session names yet.
  // FAILED_PRECONDITION: the admin account cannot see the sessions of others.
  virtual absl::StatusOr<AccountList> ListAccounts(absl::string_view owner, absl::Time deadline) = 0;

  // Makes the account exist, unlocked, with this password and the rights of its kind; true when it was created.
  // FAILED_PRECONDITION: an account of that name has no mark of the owner, or another password than this one and
  // `replace_password` is not set; it was not touched. INVALID_ARGUMENT: an extra grant that this engine lacks.
  virtual absl::StatusOr<bool> EnsureAccount(const AccountSpec& spec, absl::Time deadline) = 0;

  // Logs in as the account on a connection of its own. A status means that the outcome is unknown.
  virtual absl::StatusOr<ProbeResult> ProbeAccount(absl::string_view name, const Secret& password,
                                                   absl::Time deadline) = 0;

  // Refuses (locked) or allows new logins; open sessions go on. NOT_FOUND: no such account of the owner.
  virtual absl::Status SetAccountLocked(const AccountRef& account, bool locked, absl::Time deadline) = 0;

  // Drops a locked account that nothing uses; false when it was already gone. FAILED_PRECONDITION: not marked for the
  // owner, not locked, a session, a login in flight, or something that depends on it; nothing was changed.
  virtual absl::StatusOr<bool> DropAccount(const AccountRef& account, absl::Time deadline) = 0;

  // Ends the open sessions of a locked account; how many. NOT_FOUND: no such account of the owner.
  // FAILED_PRECONDITION: it is not locked.
  virtual absl::StatusOr<uint32_t> TerminateSessions(const AccountRef& account, absl::Time deadline) = 0;

  // Allows an attempt of a migration to start: under the lock of all changes of the owner, after the epoch was kept.
  //   read_version  called under that lock; may use this database
  // FAILED_PRECONDITION: another version than the expected one, or an earlier attempt is still at work.
  virtual absl::Status BeginMigration(const MigrationStart& start, const std::function<SchemaVersion()>& read_version,
                                      absl::Time deadline) = 0;

  // The server's estimate of the rows in `table` ("name" or "schema.name"). NOT_FOUND: no such table.
  // FAILED_PRECONDITION: the server has not gathered statistics yet.
  virtual absl::StatusOr<double> EstimateRows(absl::string_view table, absl::Time deadline) = 0;

  // The next ID that `table` will generate. NOT_FOUND: no such table. FAILED_PRECONDITION: it generates none.
  virtual absl::StatusOr<double> NextId(absl::string_view table, absl::Time deadline) = 0;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_DATABASE_H_
