// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/situation.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/plan/names.h"

namespace dba::plan {
namespace {

constexpr size_t kMaxUsers = 10;

}  // namespace

const api::DatabaseMigration* Situation::next() const {
  return path.pending.empty() ? nullptr : &world.migrations.at(path.pending.front());
}

std::string Situation::next_job() const { return next() == nullptr ? "" : JobName(database(), *next()); }

const JobView* Situation::FindJob(absl::string_view name) const {
  for (const JobView& job : jobs) {
    if (job.name == name) return &job;
  }
  return nullptr;
}

const api::Account* Situation::FindAccount(absl::string_view name) const {
  for (const api::Account& account : accounts) {
    if (account.name == name) return &account;
  }
  return nullptr;
}

const SecretView* Situation::FindSecret(SecretRole role, absl::string_view version) const {
  for (const SecretView& secret : secrets) {
    if (secret.role == role && secret.version == version) return &secret;
  }
  return nullptr;
}

const api::HistoryEntry* Situation::FindHistory(absl::string_view job_name) const {
  for (const api::HistoryEntry& entry : database().status.history) {
    if (entry.job_name == job_name) return &entry;
  }
  return nullptr;
}

std::vector<RetireCandidate> Situation::AllCredentials() const {
  std::map<std::string, RetireCandidate> by_version;
  for (const api::Account& account : accounts) {
    if (account.kind == api::AccountKind::kApplication) by_version[account.version].account = &account;
  }
  for (const SecretView& secret : secrets) {
    if (secret.role == SecretRole::kApplication) by_version[secret.version].secret = &secret;
    if (secret.role == SecretRole::kQuarantine) by_version[secret.version].quarantine = &secret;
    if (secret.role == SecretRole::kIntent) by_version[secret.version].intent = &secret;
  }
  std::vector<RetireCandidate> credentials;
  for (auto& [version, credential] : by_version) {
    credential.version = version;
    credential.secret_name = ApplicationSecret(database().meta.name, version);
    credentials.push_back(std::move(credential));
  }
  return credentials;
}

std::vector<RetireCandidate> Situation::RetireCandidates() const {
  if (path.pending.empty()) return {};
  std::set<absl::string_view> kept(path.pending.begin(), path.pending.end());
  kept.insert(path.current);
  std::vector<RetireCandidate> candidates;
  for (RetireCandidate& credential : AllCredentials()) {
    if (kept.count(credential.version) != 0) continue;
    credential.intent = nullptr;  // DeleteIntent takes care of it
    if (credential.account != nullptr || credential.secret != nullptr || credential.quarantine != nullptr) {
      candidates.push_back(std::move(credential));
    }
  }
  return candidates;
}

bool IsClaimedForRetirement(const api::ManagedDatabase& database, absl::string_view version) {
  for (const api::CredentialStatus& credential : database.status.credentials) {
    if (credential.version == version) return credential.state == "Retiring" || credential.state == "Quarantined";
  }
  return false;
}

std::vector<std::string> UsersOf(const RetireCandidate& candidate, const std::vector<SecretReference>& references) {
  std::set<std::string> users;
  for (const SecretReference& reference : references) {
    if (reference.secret_name == candidate.secret_name) users.insert(reference.user);
  }
  if (candidate.account != nullptr) {
    std::map<std::string, int> by_client;
    for (const api::Session& session : candidate.account->sessions) {
      ++by_client[session.client.empty() ? "a local socket" : session.client];
    }
    for (const auto& [client, count] : by_client) {
      users.insert(absl::StrCat(count, count == 1 ? " session from " : " sessions from ", client));
    }
    if (candidate.account->prepared_transactions > 0) {
      users.insert(absl::StrCat(candidate.account->prepared_transactions, " prepared transactions"));
    }
    users.insert(candidate.account->obstacles.begin(), candidate.account->obstacles.end());
  }
  std::vector<std::string> sorted(users.begin(), users.end());
  if (sorted.size() > kMaxUsers) {
    const size_t more = sorted.size() - kMaxUsers + 1;
    sorted.resize(kMaxUsers - 1);
    sorted.push_back(absl::StrCat("and ", more, " more"));
  }
  return sorted;
}

}  // namespace dba::plan
