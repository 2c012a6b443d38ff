// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/sim_database.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace dba::simulation {
namespace {

constexpr size_t kMaxPast = 8;

}  // namespace

absl::StatusOr<int> SimDatabase::BeginLogin(const std::string& account, const std::string& password,
                                            const std::string& client) {
  if (!CanLogIn(account, password)) return absl::PermissionDeniedError(absl::StrCat("login of ", account, " refused"));
  connections_[next_connection_] = {account, client, false};
  return next_connection_++;
}

bool SimDatabase::FinishLogin(int connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return false;
  found->second.named = true;
  return true;
}

void SimDatabase::Close(int connection) {
  connections_.erase(connection);
  if (lock_holder_ == connection) lock_holder_ = 0;
}

bool SimDatabase::IsSession(int connection) const {
  const auto found = connections_.find(connection);
  return found != connections_.end() && found->second.named;
}

bool SimDatabase::CanLogIn(const std::string& account, const std::string& password) const {
  const DatabaseAccount* found = Find(account);
  return found != nullptr && !found->locked && found->password == password;
}

bool SimDatabase::LockVersionTable(int connection) {
  if (lock_holder_ != 0 && lock_holder_ != connection) return false;
  lock_holder_ = connection;
  return true;
}

void SimDatabase::CommitMigration(int connection, const std::string& version) {
  Remember();
  image_.version = version;
  ++image_.effects[version];
  if (lock_holder_ == connection) lock_holder_ = 0;
}

bool SimDatabase::Pass(uint64_t epoch) {
  if (epoch < image_.epoch) return false;
  image_.epoch = epoch;
  return true;
}

void SimDatabase::KeepEpoch(uint64_t epoch) {
  if (epoch <= image_.epoch) return;
  Remember();
  image_.epoch = epoch;
}

int SimDatabase::EndSessions(const std::string& account) {
  std::vector<int> ended;
  for (const auto& [id, connection] : connections_) {
    if (connection.named && connection.account == account) ended.push_back(id);
  }
  for (const int id : ended) Close(id);
  return static_cast<int>(ended.size());
}

void SimDatabase::PutAccount(const std::string& name, DatabaseAccount account) {
  Remember();
  image_.accounts[name] = std::move(account);
}

void SimDatabase::SetLocked(const std::string& name, bool locked) {
  const auto found = image_.accounts.find(name);
  if (found == image_.accounts.end() || found->second.locked == locked) return;
  Remember();
  found->second.locked = locked;
}

void SimDatabase::EraseAccount(const std::string& name) {
  Remember();
  image_.accounts.erase(name);
}

const DatabaseAccount* SimDatabase::Find(const std::string& account) const {
  const auto found = image_.accounts.find(account);
  return found == image_.accounts.end() ? nullptr : &found->second;
}

int SimDatabase::SessionsOf(absl::string_view account) const {
  return static_cast<int>(std::count_if(connections_.begin(), connections_.end(), [&](const auto& entry) {
    return entry.second.named && entry.second.account == account;
  }));
}

int SimDatabase::logins_in_flight() const {
  return static_cast<int>(
      std::count_if(connections_.begin(), connections_.end(), [](const auto& entry) { return !entry.second.named; }));
}

void SimDatabase::Fail(int changes) {
  for (; changes > 0 && !past_.empty(); --changes) {
    image_ = std::move(past_.back());
    past_.pop_back();
  }
  connections_.clear();
  lock_holder_ = 0;
}

void SimDatabase::Restore(const DatabaseImage& backup, bool with_accounts) {
  image_.version = backup.version;
  image_.effects = backup.effects;
  if (with_accounts) {
    image_.accounts = backup.accounts;
    image_.epoch = backup.epoch;
  }
  past_.clear();
  ++identity_;
  connections_.clear();
  lock_holder_ = 0;
}

void SimDatabase::Remember() {
  past_.push_back(image_);
  if (past_.size() > kMaxPast) past_.pop_front();
}

}  // namespace dba::simulation
