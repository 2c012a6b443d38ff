// SPDX-License-Identifier: Apache-2.0
#include "dbagent/testing/fake_database.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "dbagent/credentials/account_errors.h"
#include "dbagent/credentials/extra_grants.h"
#include "dbagent/credentials/fence.h"
#include "dbagent/credentials/migration_gate.h"

namespace dba::agent {
FakeDatabase::Entry* FakeDatabase::Find(absl::string_view name) {
  const auto found = accounts_.find(std::string(name));
  return found == accounts_.end() ? nullptr : &found->second;
}

FakeDatabase::Entry* FakeDatabase::FindOwned(absl::string_view owner, absl::string_view name) {
  Entry* entry = Find(name);
  return entry != nullptr && entry->owner == std::string(owner) ? entry : nullptr;
}

absl::StatusOr<ServerInfo> FakeDatabase::Describe(absl::Time) {
  MutexLock lock(&mutex_);
  DBA_RETURN_IF_ERROR(failure_);
  return ServerInfo{Engine::kPostgresql, "15.0", "fake-identity", "localhost", 5432, "shop"};
}

absl::StatusOr<RowSet> FakeDatabase::Select(const SelectRequest& request, absl::Time) {
  MutexLock lock(&mutex_);
  DBA_RETURN_IF_ERROR(failure_);
  const auto found = rows_.find(request.sql);
  if (found == rows_.end()) return absl::NotFoundError("a table of the query does not exist");
  return found->second;
}

absl::Status FakeDatabase::KeepEpoch(absl::string_view owner, uint64_t epoch, absl::Time) {
  MutexLock lock(&mutex_);
  DBA_RETURN_IF_ERROR(failure_);
  const AccountList list = List(std::string(owner));
  return list.accounts.empty() && list.epoch == 0 ? absl::OkStatus() : PassFence(std::string(owner), epoch);
}

absl::StatusOr<AccountList> FakeDatabase::ListAccounts(absl::string_view owner, absl::Time) {
  MutexLock lock(&mutex_);
  DBA_RETURN_IF_ERROR(failure_);
  return List(owner);
}

AccountList FakeDatabase::List(absl::string_view owner) {
  AccountList list;
  list.logins_in_flight = logins_in_flight_;
  if (const auto epoch = epochs_.find(std::string(owner)); epoch != epochs_.end()) list.epoch = epoch->second;
  for (const auto& [name, entry] : accounts_) {
    if (entry.owner == std::string(owner)) list.accounts.push_back(entry.account);
  }
  return list;
}

absl::Status FakeDatabase::PassFence(const std::string& owner, uint64_t epoch) {
  DBA_RETURN_IF_ERROR(failure_);
  DBA_RETURN_IF_ERROR(CheckEpoch(epoch, epochs_[owner]));
  epochs_[owner] = std::max(epochs_[owner], epoch);
  return absl::OkStatus();
}

absl::StatusOr<bool> FakeDatabase::EnsureAccount(const AccountSpec& spec, absl::Time) {
  MutexLock lock(&mutex_);
  for (const ExtraGrant& grant : spec.extra_grants) {
    DBA_RETURN_IF_ERROR(CheckExtraGrant(Engine::kPostgresql, grant));
  }
  DBA_RETURN_IF_ERROR(PassFence(spec.owner, spec.epoch));
  Entry* entry = Find(spec.name);
  if (entry != nullptr && entry->owner != spec.owner) return NotOurs(spec.name);
  const bool created = entry == nullptr;
  if (!created && entry->password != spec.password && !spec.replace_password) return OtherPassword(spec.name);
  if (created) entry = &accounts_[spec.name];
  entry->owner = spec.owner;
  entry->password = spec.password;
  entry->connection_limit = spec.connection_limit;
  entry->account.name = spec.name;
  entry->account.kind = spec.kind;
  entry->account.version = spec.version;
  entry->account.locked = false;
  return created;
}

ProbeResult::Outcome FakeDatabase::LogIn(absl::string_view name, absl::string_view password) {
  const Entry* entry = Find(name);
  if (entry == nullptr || entry->password.Reveal() != password) return ProbeResult::Outcome::kRefused;
  return entry->account.locked ? ProbeResult::Outcome::kLocked : ProbeResult::Outcome::kLoggedIn;
}

absl::StatusOr<ProbeResult> FakeDatabase::ProbeAccount(absl::string_view name, const Secret& password, absl::Time) {
  MutexLock lock(&mutex_);
  DBA_RETURN_IF_ERROR(failure_);
  return ProbeResult{LogIn(name, password.Reveal()), ""};
}

absl::Status FakeDatabase::SetAccountLocked(const AccountRef& account, bool locked, absl::Time) {
  MutexLock lock(&mutex_);
  DBA_RETURN_IF_ERROR(PassFence(account.owner, account.epoch));
  Entry* entry = FindOwned(account.owner, account.name);
  if (entry == nullptr) return NoSuchAccount(account.name);
  entry->account.locked = locked;
  return absl::OkStatus();
}

absl::StatusOr<bool> FakeDatabase::DropAccount(const AccountRef& account, absl::Time) {
  MutexLock lock(&mutex_);
  DBA_RETURN_IF_ERROR(PassFence(account.owner, account.epoch));
  const std::string& name = account.name;
  if (Find(name) == nullptr) return false;
  const Entry* entry = FindOwned(account.owner, name);
  if (entry == nullptr) return NotOurs(name);
  if (!entry->account.locked) return NotDropped(name, "is not locked");
  if (!entry->account.sessions.empty()) return NotDropped(name, "has open sessions");
  if (logins_in_flight_ > 0) return NotDropped(name, "may be a login in flight");
  accounts_.erase(name);
  return true;
}

absl::StatusOr<uint32_t> FakeDatabase::TerminateSessions(const AccountRef& account, absl::Time) {
  MutexLock lock(&mutex_);
  DBA_RETURN_IF_ERROR(PassFence(account.owner, account.epoch));
  Entry* entry = FindOwned(account.owner, account.name);
  if (entry == nullptr) return NoSuchAccount(account.name);
  if (!entry->account.locked) return NotLocked(account.name);
  const auto ended = static_cast<uint32_t>(entry->account.sessions.size());
  entry->account.sessions.clear();
  return ended;
}

absl::Status FakeDatabase::BeginMigration(const MigrationStart& start,
                                          const std::function<SchemaVersion()>& read_version, absl::Time) {
  const SchemaVersion version = read_version();  // it may use this database, whose mutex is not to be held then
  MutexLock lock(&mutex_);
  DBA_RETURN_IF_ERROR(PassFence(start.owner, start.epoch));
  DBA_RETURN_IF_ERROR(CheckNoMigratorAtWork(List(start.owner)));
  return CheckVersionIs(version, start.expected_versions);
}

absl::StatusOr<double> FakeDatabase::EstimateRows(absl::string_view table, absl::Time) {
  MutexLock lock(&mutex_);
  DBA_RETURN_IF_ERROR(failure_);
  const auto found = tables_.find(std::string(table));
  if (found == tables_.end()) return absl::NotFoundError(absl::StrCat("there is no table ", table));
  return found->second.first;
}

absl::StatusOr<double> FakeDatabase::NextId(absl::string_view table, absl::Time) {
  MutexLock lock(&mutex_);
  DBA_RETURN_IF_ERROR(failure_);
  const auto found = tables_.find(std::string(table));
  if (found == tables_.end()) return absl::NotFoundError(absl::StrCat("there is no table ", table));
  if (!found->second.second) return absl::FailedPreconditionError(absl::StrCat("table ", table, " generates no IDs"));
  return *found->second.second;
}

void FakeDatabase::FailWith(absl::Status status) {
  MutexLock lock(&mutex_);
  failure_ = std::move(status);
}

void FakeDatabase::SetRows(const std::string& sql, RowSet rows) {
  MutexLock lock(&mutex_);
  rows_[sql] = std::move(rows);
}

void FakeDatabase::SetTable(const std::string& table, double rows, std::optional<double> next_id) {
  MutexLock lock(&mutex_);
  tables_[table] = {rows, next_id};
}

void FakeDatabase::SetLoginsInFlight(uint32_t count) {
  MutexLock lock(&mutex_);
  logins_in_flight_ = count;
}

void FakeDatabase::AddForeignAccount(const std::string& name) {
  MutexLock lock(&mutex_);
  accounts_[name].account.name = name;
}

bool FakeDatabase::OpenSession(const std::string& name, const std::string& password) {
  MutexLock lock(&mutex_);
  if (LogIn(name, password) != ProbeResult::Outcome::kLoggedIn) return false;
  Entry* entry = Find(name);
  if (entry->connection_limit > 0 && entry->account.sessions.size() >= entry->connection_limit) return false;
  entry->account.sessions.push_back({absl::StrCat(entry->account.sessions.size() + 1), "", "", absl::InfinitePast()});
  return true;
}

void FakeDatabase::CloseSessions(const std::string& name) {
  MutexLock lock(&mutex_);
  if (Entry* entry = Find(name); entry != nullptr) entry->account.sessions.clear();
}

void FakeDatabase::SetFacts(hints::HintFacts facts) {
  MutexLock lock(&mutex_);
  facts_ = std::move(facts);
}

void FakeDatabase::SetProbe(const hints::DataProbe& probe, hints::ProbeAnswer answer) {
  MutexLock lock(&mutex_);
  probes_[probe.Key()] = std::move(answer);
}

void FakeDatabase::SetWrites(const std::string& table, double writes) {
  MutexLock lock(&mutex_);
  writes_[table] = writes;
}

absl::StatusOr<GatheredFacts> FakeDatabase::GatherFacts(const hints::FactsRequest& request, absl::Time) {
  MutexLock lock(&mutex_);
  if (!failure_.ok()) return failure_;
  GatheredFacts gathered;
  gathered.facts = facts_;
  gathered.facts.tables.clear();
  gathered.writes.at = absl::Now();
  for (const TableName& requested : request.tables) {
    const hints::TableFacts* table = facts_.Find(requested);
    hints::TableFacts& facts = gathered.facts.tables.emplace_back(table == nullptr ? hints::TableFacts() : *table);
    facts.requested = requested;
    if (table == nullptr) facts.name = requested;
    if (facts.exists()) gathered.writes.tables.push_back(Sample(facts.name));
  }
  return gathered;
}

WriteSample FakeDatabase::Sample(const TableName& table) const {
  const auto found = writes_.find(hints::FormatTableName(table));
  if (found == writes_.end()) return {table, std::nullopt, "there is no such table", ""};
  return {table, found->second, "", ""};
}

absl::StatusOr<hints::ProbeAnswer> FakeDatabase::Probe(const hints::DataProbe& probe, absl::Duration, absl::Time) {
  MutexLock lock(&mutex_);
  if (!failure_.ok()) return failure_;
  const auto found = probes_.find(probe.Key());
  return found == probes_.end() ? hints::ProbeAnswer::Unknown("nobody told the fake") : found->second;
}

absl::StatusOr<WriteSamples> FakeDatabase::SampleWrites(const std::vector<TableName>& tables, absl::Time) {
  MutexLock lock(&mutex_);
  if (!failure_.ok()) return failure_;
  WriteSamples samples;
  samples.at = absl::Now();
  for (const TableName& table : tables) samples.tables.push_back(Sample(table));
  return samples;
}

}  // namespace dba::agent
