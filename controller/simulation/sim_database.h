// SPDX-License-Identifier: Apache-2.0
//
// A database server as its clients see it: accounts with passwords and locks, logins that take time, sessions, a
// version table that one transaction at a time may change; and the two ways in which a server forgets: a failover that
// loses the last changes, and a restore from a backup.
#ifndef DBA_CONTROLLER_SIMULATION_SIM_DATABASE_H_
#define DBA_CONTROLLER_SIMULATION_SIM_DATABASE_H_

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/api/agent_view.h"

namespace dba::simulation {

struct DatabaseAccount {
  std::string owner;  // the mark; empty: not ours
  api::AccountKind kind = api::AccountKind::kApplication;
  std::string version;
  std::string password;
  bool locked = false;
};

// What a backup holds.
struct DatabaseImage {
  std::map<std::string, DatabaseAccount> accounts;
  std::string version;                 // what the version table says; empty: nothing
  std::map<std::string, int> effects;  // by version: how often its migration was committed
  uint64_t epoch = 0;                  // the highest that looked or changed something
};

struct Connection {
  std::string account;
  std::string client;
  bool named = false;  // false: the login was accepted, but the session is not listed yet
};

// Not thread-safe.
class SimDatabase {
 public:
  // The login is checked now, against the account, the lock and the password, and is in flight until FinishLogin.
  // PERMISSION_DENIED: refused.
  absl::StatusOr<int> BeginLogin(const std::string& account, const std::string& password, const std::string& client);
  // Makes the connection a session, also when the account was locked in between. False when the connection is gone.
  bool FinishLogin(int connection);
  // Ends a connection, its transaction rolled back. One that is gone is success.
  void Close(int connection);
  bool IsSession(int connection) const;
  bool CanLogIn(const std::string& account, const std::string& password) const;

  // Takes the row lock of the version table, as the transaction of a migration tool does. False: another has it.
  bool LockVersionTable(int connection);
  // Commits what the lock's holder did: one effect of `version`, which the table then says.
  void CommitMigration(int connection, const std::string& version);

  // The fence: false when a higher epoch has looked or changed something; else remembers this one.
  bool Pass(uint64_t epoch);
  // What a look of `epoch` does to the fence; a lower epoch is left alone.
  void KeepEpoch(uint64_t epoch);

  // What the agent does; the caller has checked the mark and the epoch.
  void PutAccount(const std::string& name, DatabaseAccount account);
  void SetLocked(const std::string& name, bool locked);
  void EraseAccount(const std::string& name);
  // Ends the account's sessions; returns how many.
  int EndSessions(const std::string& account);

  const DatabaseAccount* Find(const std::string& account) const;
  int SessionsOf(absl::string_view account) const;
  int logins_in_flight() const;
  const std::map<int, Connection>& connections() const { return connections_; }
  const DatabaseImage& image() const { return image_; }
  // Changes with the server.
  int identity() const { return identity_; }

  // Loses the last `changes` of at most 8 and every connection.
  void Fail(int changes);
  // Goes back to a backup on another server and loses every connection; accounts stay as they are unless
  // `with_accounts`.
  void Restore(const DatabaseImage& backup, bool with_accounts);

 private:
  // To be called before a change.
  void Remember();

  DatabaseImage image_;
  std::deque<DatabaseImage> past_;  // newest last
  std::map<int, Connection> connections_;
  int next_connection_ = 1;
  int identity_ = 1;
  int lock_holder_ = 0;  // 0: nobody
};

}  // namespace dba::simulation

#endif  // DBA_CONTROLLER_SIMULATION_SIM_DATABASE_H_
