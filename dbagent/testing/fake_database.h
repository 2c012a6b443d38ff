// SPDX-License-Identifier: Apache-2.0
//
// A database in memory for tests of what stands above the seam. The contract test keeps it as strict as the real ones.
#ifndef DBA_DBAGENT_TESTING_FAKE_DATABASE_H_
#define DBA_DBAGENT_TESTING_FAKE_DATABASE_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/mutex.h"
#include "dbagent/db/database.h"

namespace dba::agent {

// Thread-safe.
class FakeDatabase : public Database {
 public:
  absl::StatusOr<ServerInfo> Describe(absl::Time deadline) override;
  absl::StatusOr<RowSet> Select(const SelectRequest& request, absl::Time deadline) override;
  absl::Status KeepEpoch(absl::string_view owner, uint64_t epoch, absl::Time deadline) override;
  absl::StatusOr<AccountList> ListAccounts(absl::string_view owner, absl::Time deadline) override;
  absl::StatusOr<bool> EnsureAccount(const AccountSpec& spec, absl::Time deadline) override;
  absl::StatusOr<ProbeResult> ProbeAccount(absl::string_view name, const Secret& password,
                                           absl::Time deadline) override;
  absl::Status SetAccountLocked(const AccountRef& account, bool locked, absl::Time deadline) override;
  absl::StatusOr<bool> DropAccount(const AccountRef& account, absl::Time deadline) override;
  absl::StatusOr<uint32_t> TerminateSessions(const AccountRef& account, absl::Time deadline) override;
  absl::Status BeginMigration(const MigrationStart& start, const std::function<SchemaVersion()>& read_version,
                              absl::Time deadline) override;
  absl::StatusOr<double> EstimateRows(absl::string_view table, absl::Time deadline) override;
  absl::StatusOr<double> NextId(absl::string_view table, absl::Time deadline) override;
  absl::StatusOr<GatheredFacts> GatherFacts(const hints::FactsRequest& request, absl::Time deadline) override;
  absl::StatusOr<hints::ProbeAnswer> Probe(const hints::DataProbe& probe, absl::Duration timeout,
                                           absl::Time deadline) override;
  absl::StatusOr<WriteSamples> SampleWrites(const std::vector<TableName>& tables, absl::Time deadline) override;

  // What every method answers from now on; OK ends it.
  void FailWith(absl::Status status);
  // What Select answers to exactly this SQL; NOT_FOUND for all other.
  void SetRows(const std::string& sql, RowSet rows);
  void SetTable(const std::string& table, double rows, std::optional<double> next_id);
  void SetLoginsInFlight(uint32_t count);
  // An account that somebody else made.
  void AddForeignAccount(const std::string& name);
  // What the hints are judged on: tables that are not among these do not exist. A probe without an answer is unknown.
  void SetFacts(hints::HintFacts facts);
  void SetProbe(const hints::DataProbe& probe, hints::ProbeAnswer answer);
  // The counter of writes of a table, as SampleWrites sees it from now on.
  void SetWrites(const std::string& table, double writes);
  // Opens and closes sessions as an application would. False: the login is refused.
  bool OpenSession(const std::string& name, const std::string& password);
  void CloseSessions(const std::string& name);

 private:
  struct Entry {
    std::optional<std::string> owner;  // nullopt: not ours
    Account account;
    Secret password;
    uint32_t connection_limit = 0;
  };
  Entry* Find(absl::string_view name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Entry* FindOwned(absl::string_view owner, absl::string_view name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  AccountList List(absl::string_view owner) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status PassFence(const std::string& owner, uint64_t epoch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  ProbeResult::Outcome LogIn(absl::string_view name, absl::string_view password) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  WriteSample Sample(const TableName& table) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Entry> accounts_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, uint64_t> epochs_ ABSL_GUARDED_BY(mutex_);  // by owner
  std::map<std::string, RowSet> rows_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::pair<double, std::optional<double>>> tables_ ABSL_GUARDED_BY(mutex_);
  hints::HintFacts facts_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, hints::ProbeAnswer> probes_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, double> writes_ ABSL_GUARDED_BY(mutex_);
  uint32_t logins_in_flight_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_TESTING_FAKE_DATABASE_H_
