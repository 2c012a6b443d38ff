// SPDX-License-Identifier: Apache-2.0
#include "controller/testing/fake_agent_client.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace dba::agent {
namespace {

absl::Status NoSuchAccount(absl::string_view name) {
  return absl::NotFoundError(absl::StrCat("no account ", name, " with the owner's mark"));
}

}  // namespace

FakeAgentClient::FakeAgentClient() {
  view_.engine = api::Engine::kPostgresql;
  view_.server_version = "15.10";
  view_.identity = "1";
  view_.host = "db.example.com";
  view_.port = 5432;
  view_.database = "shop";
  view_.schema_version.state = api::SchemaVersion::State::kNone;
}

template <typename Result, typename Body>
Result FakeAgentClient::Call(absl::string_view method, absl::string_view object, Body body) {
  const std::string call = object.empty() ? std::string(method) : absl::StrCat(method, " ", object);
  Hook before, after;
  {
    MutexLock lock(&mu_);
    const auto failure = failures_.find(method);
    if (failure != failures_.end() && !failure->second.ok()) return failure->second;
    before = before_;
    after = after_;
  }
  if (before) {
    absl::Status status = before(call);
    if (!status.ok()) return status;
  }
  Result result = [&]() -> Result {
    MutexLock lock(&mu_);
    return body();
  }();
  if (after) {
    absl::Status status = after(call);
    if (!status.ok()) return status;
  }
  return result;
}

FakeAgentClient::Account* FakeAgentClient::FindLocked(absl::string_view owner, absl::string_view name) {
  const auto found = accounts_.find(name);
  return found == accounts_.end() || found->second.owner != owner ? nullptr : &found->second;
}

absl::StatusOr<api::DatabaseView> FakeAgentClient::GetDatabase(const VersionTable&) {
  return Call<absl::StatusOr<api::DatabaseView>>("GetDatabase", "", [&] {
    mu_.AssertHeld();
    return view_;
  });
}

absl::StatusOr<api::AccountsView> FakeAgentClient::ListAccounts(absl::string_view owner) {
  return Call<absl::StatusOr<api::AccountsView>>("ListAccounts", "", [&] {
    mu_.AssertHeld();
    api::AccountsView view;
    for (const auto& [name, account] : accounts_) {
      if (account.owner != owner) continue;
      api::Account entry;
      entry.name = name;
      entry.kind = account.kind;
      entry.version = account.version;
      entry.locked = account.locked;
      for (int i = 0; i < account.sessions; ++i) entry.sessions.push_back({absl::StrCat(i), "10.0.0.7", "", {}});
      view.accounts.push_back(std::move(entry));
    }
    return view;
  });
}

absl::StatusOr<bool> FakeAgentClient::EnsureAccount(const AccountRequest& request, const Secret& password) {
  return Call<absl::StatusOr<bool>>("EnsureAccount", request.name, [&]() -> absl::StatusOr<bool> {
    mu_.AssertHeld();
    const auto [found, created] = accounts_.try_emplace(request.name);
    Account& account = found->second;
    if (created) {
      account.owner = request.owner;
      ++created_[request.name];
    } else if (account.owner != request.owner) {
      return absl::FailedPreconditionError(absl::StrCat("account ", request.name, " exists without the owner's mark"));
    } else if (account.password != password.Reveal() && !request.replace_password) {
      return absl::FailedPreconditionError(absl::StrCat("account ", request.name, " has another password"));
    }
    account.kind = request.kind;
    account.version = request.version;
    account.password = std::string(password.Reveal());
    account.locked = false;
    return created;
  });
}

absl::Status FakeAgentClient::ProbeAccount(absl::string_view name, const Secret& password) {
  return Call<absl::Status>("ProbeAccount", name, [&]() -> absl::Status {
    mu_.AssertHeld();
    const auto found = accounts_.find(name);
    absl::Status refused = absl::FailedPreconditionError(absl::StrCat("the database refuses account ", name));
    if (found == accounts_.end() || found->second.password != password.Reveal()) return refused;
    return found->second.locked ? RefusedForLock(refused) : absl::OkStatus();
  });
}

absl::Status FakeAgentClient::LockAccount(absl::string_view owner, absl::string_view name) {
  return Call<absl::Status>("LockAccount", name, [&]() -> absl::Status {
    mu_.AssertHeld();
    Account* account = FindLocked(owner, name);
    if (account == nullptr) return NoSuchAccount(name);
    account->locked = true;
    return absl::OkStatus();
  });
}

absl::Status FakeAgentClient::UnlockAccount(absl::string_view owner, absl::string_view name) {
  return Call<absl::Status>("UnlockAccount", name, [&]() -> absl::Status {
    mu_.AssertHeld();
    Account* account = FindLocked(owner, name);
    if (account == nullptr) return NoSuchAccount(name);
    account->locked = false;
    return absl::OkStatus();
  });
}

absl::StatusOr<bool> FakeAgentClient::DropAccount(absl::string_view owner, absl::string_view name) {
  return Call<absl::StatusOr<bool>>("DropAccount", name, [&]() -> absl::StatusOr<bool> {
    mu_.AssertHeld();
    const auto found = accounts_.find(name);
    if (found == accounts_.end()) return false;
    const Account& account = found->second;
    if (account.owner != owner || !account.locked || account.sessions != 0) {
      return absl::FailedPreconditionError(absl::StrCat("account ", name, " is not ours, not locked or has sessions"));
    }
    accounts_.erase(found);
    ++dropped_[std::string(name)];
    return true;
  });
}

absl::StatusOr<int> FakeAgentClient::TerminateSessions(absl::string_view owner, absl::string_view name) {
  return Call<absl::StatusOr<int>>("TerminateSessions", name, [&]() -> absl::StatusOr<int> {
    mu_.AssertHeld();
    Account* account = FindLocked(owner, name);
    if (account == nullptr) return NoSuchAccount(name);
    if (!account->locked) return absl::FailedPreconditionError(absl::StrCat("account ", name, " is not locked"));
    return std::exchange(account->sessions, 0);
  });
}

absl::Status FakeAgentClient::BeginMigration(absl::string_view owner, const VersionTable&,
                                             const std::vector<std::string>& expected) {
  return Call<absl::Status>("BeginMigration", "", [&]() -> absl::Status {
    mu_.AssertHeld();
    if (view_.schema_version.versions != expected) {
      return absl::FailedPreconditionError("the version table says something else than expected");
    }
    for (const auto& [name, account] : accounts_) {
      if (account.owner == owner && account.kind == api::AccountKind::kMigrator && account.sessions > 0) {
        return absl::FailedPreconditionError(absl::StrCat("migrator account ", name, " is still connected"));
      }
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<api::HintReport> FakeAgentClient::CheckHints(const HintRequest&) {
  return Call<absl::StatusOr<api::HintReport>>("CheckHints", "", [&] {
    mu_.AssertHeld();
    return hint_report_;
  });
}

absl::Status FakeAgentClient::ConfigureDataMetrics(absl::string_view, const api::DataMetrics&,
                                                   absl::string_view digest) {
  return Call<absl::Status>("ConfigureDataMetrics", "", [&] {
    mu_.AssertHeld();
    view_.data_metrics_digest = std::string(digest);
    return absl::OkStatus();
  });
}

void FakeAgentClient::SetBeforeCall(Hook hook) {
  MutexLock lock(&mu_);
  before_ = std::move(hook);
}

void FakeAgentClient::SetAfterCall(Hook hook) {
  MutexLock lock(&mu_);
  after_ = std::move(hook);
}

void FakeAgentClient::SetFailure(absl::string_view method, absl::Status status) {
  MutexLock lock(&mu_);
  failures_[std::string(method)] = std::move(status);
}

void FakeAgentClient::SetVersions(std::vector<std::string> versions) {
  api::SchemaVersion version;
  version.state = versions.empty() ? api::SchemaVersion::State::kNone : api::SchemaVersion::State::kKnown;
  version.versions = std::move(versions);
  SetSchemaVersion(std::move(version));
}

void FakeAgentClient::SetSchemaVersion(api::SchemaVersion version) {
  MutexLock lock(&mu_);
  view_.schema_version = std::move(version);
}

void FakeAgentClient::SetHintReport(api::HintReport report) {
  MutexLock lock(&mu_);
  hint_report_ = std::move(report);
}

bool FakeAgentClient::CanLogIn(absl::string_view name, absl::string_view password) const {
  MutexLock lock(&mu_);
  const auto found = accounts_.find(name);
  return found != accounts_.end() && !found->second.locked && found->second.password == password;
}

void FakeAgentClient::SetSessions(absl::string_view name, int sessions) {
  MutexLock lock(&mu_);
  accounts_.find(name)->second.sessions = sessions;
}

void FakeAgentClient::RemoveAccount(absl::string_view name) {
  MutexLock lock(&mu_);
  accounts_.erase(std::string(name));
}

std::map<std::string, FakeAgentClient::Account> FakeAgentClient::accounts() const {
  MutexLock lock(&mu_);
  return {accounts_.begin(), accounts_.end()};
}

std::map<std::string, int> FakeAgentClient::created() const {
  MutexLock lock(&mu_);
  return created_;
}

std::map<std::string, int> FakeAgentClient::dropped() const {
  MutexLock lock(&mu_);
  return dropped_;
}

FakeAgentClient& FakeAgentDirectory::At(absl::string_view address) {
  std::shared_ptr<FakeAgentClient>& agent = agents_[std::string(address)];
  if (agent == nullptr) agent = std::make_shared<FakeAgentClient>();
  return *agent;
}

std::shared_ptr<AgentClient> FakeAgentDirectory::Get(absl::string_view address) {
  const auto found = agents_.find(address);
  if (found != agents_.end()) return found->second;
  auto absent = std::make_shared<FakeAgentClient>();
  absent->SetFailure("GetDatabase", NotAnswered(absl::UnavailableError(absl::StrCat("agent ", address, ": refused"))));
  return absent;
}

}  // namespace dba::agent
