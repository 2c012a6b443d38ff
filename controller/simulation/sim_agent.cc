// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/sim_agent.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace dba::simulation {
namespace {

// Whether an account carries the mark of `owner`.
bool IsOwned(const Environment& env, const DatabaseAccount& account, absl::string_view owner) {
  return account.owner == owner || env.mutant == Mutant::kMarksIgnored;
}

}  // namespace

absl::StatusOr<api::DatabaseView> SimAgent::GetDatabase(const agent::VersionTable&) {
  using Result = absl::StatusOr<api::DatabaseView>;
  Result view =
      edge_.Call<Result>(Peer::kAgent, CallKind::kRead, CallName{"GetDatabase", "", ""}, [env = &env_]() -> Result {
        api::DatabaseView found;
        found.engine = api::Engine::kPostgresql;
        found.server_version = "15.10";
        found.host = "db.example.com";
        found.port = 5432;
        found.database = "shop";
        const std::string& version = env->database.image().version;
        found.schema_version.state =
            version.empty() ? api::SchemaVersion::State::kNone : api::SchemaVersion::State::kKnown;
        if (!version.empty()) found.schema_version.versions = {version};
        return found;
      });
  if (!view.ok() && Is(Mutant::kVersionErrorNone)) {
    api::DatabaseView none;
    none.schema_version.state = api::SchemaVersion::State::kNone;
    return none;
  }
  return view;
}

api::AccountsView SimAgent::View(absl::string_view owner) {
  seen_ = Observation{};
  seen_.accounts_known = true;
  api::AccountsView view;
  for (const auto& [name, account] : env_.database.image().accounts) {
    if (!IsOwned(env_, account, owner)) continue;
    seen_.accounts[name] = {account.locked, env_.database.SessionsOf(name)};
    api::Account entry{name, account.kind, account.version, account.locked, {}, 0, {}};
    if (Is(Mutant::kLockBeforeDropUnseen)) entry.locked = true;
    for (const auto& [id, connection] : env_.database.connections()) {
      if (connection.account != name || !connection.named || Is(Mutant::kSessionsHidden)) continue;
      entry.sessions.push_back({absl::StrCat(id), connection.client, "", absl::InfinitePast()});
    }
    view.accounts.push_back(std::move(entry));
  }
  seen_.logins_in_flight = env_.database.logins_in_flight();
  view.logins_in_flight = Is(Mutant::kLoginsHidden) ? 0 : seen_.logins_in_flight;
  return view;
}

absl::StatusOr<api::AccountsView> SimAgent::ListAccounts(absl::string_view owner) {
  using Result = absl::StatusOr<api::AccountsView>;
  seen_ = Observation{};
  Result view = edge_.Call<Result>(Peer::kAgent, CallKind::kRead, CallName{"ListAccounts", "", ""},
                                   [&]() -> Result { return View(owner); });
  if (!view.ok() && Is(Mutant::kAccountsErrorEmpty)) return api::AccountsView{};
  return view;
}

absl::StatusOr<bool> SimAgent::EnsureAccount(const agent::AccountRequest& request, const Secret& password) {
  using Result = absl::StatusOr<bool>;
  const std::string text(password.Reveal());
  Result made = edge_.Call<Result>(
      Peer::kAgent, CallKind::kWrite, CallName{"EnsureAccount", "", request.name},
      [env = &env_, checker = &checker_, request, text]() -> Result {
        const DatabaseAccount* found = env->database.Find(request.name);
        if (found != nullptr && !IsOwned(*env, *found, request.owner)) {
          return absl::FailedPreconditionError(absl::StrCat("account ", request.name, " has no mark of ours"));
        }
        std::optional<DatabaseAccount> before;
        if (found != nullptr) before = *found;
        const DatabaseAccount after{request.owner, request.kind, request.version, text, false};
        env->database.PutAccount(request.name, after);
        checker->AccountEnsured(request.name, before.has_value() ? &*before : nullptr, after);
        return !before.has_value();
      });
  if (!made.ok() && Is(Mutant::kPasswordTold)) {
    return absl::Status(made.status().code(), absl::StrCat("CREATE ROLE PASSWORD '", text, "' failed"));
  }
  return made;
}

absl::Status SimAgent::ProbeAccount(absl::string_view name, const Secret& password) {
  return edge_.Call<absl::Status>(
      Peer::kAgent, CallKind::kRead, CallName{"ProbeAccount", "", name}, [&]() -> absl::Status {
        if (env_.database.CanLogIn(std::string(name), std::string(password.Reveal()))) return absl::OkStatus();
        return absl::FailedPreconditionError(absl::StrCat("the database refuses account ", name));
      });
}

absl::Status SimAgent::SetLocked(absl::string_view verb, absl::string_view owner, absl::string_view name, bool locked) {
  return edge_.Call<absl::Status>(
      Peer::kAgent, CallKind::kWrite, CallName{verb, "", name},
      [env = &env_, checker = &checker_, of = std::string(owner), account = std::string(name),
       locked]() -> absl::Status {
        const DatabaseAccount* found = env->database.Find(account);
        if (found == nullptr || !IsOwned(*env, *found, of)) {
          return absl::NotFoundError(absl::StrCat("no account ", account, " with the owner's mark"));
        }
        if (locked && env->mutant == Mutant::kLockForgotten) return absl::OkStatus();
        env->database.SetLocked(account, locked);
        checker->AccountChanged(account);
        if (!locked) checker->HumanUnlocked(account);
        return absl::OkStatus();
      });
}

absl::Status SimAgent::LockAccount(absl::string_view owner, absl::string_view name) {
  return SetLocked("LockAccount", owner, name, true);
}

absl::Status SimAgent::UnlockAccount(absl::string_view owner, absl::string_view name) {
  return SetLocked("UnlockAccount", owner, name, false);
}

absl::StatusOr<bool> SimAgent::DropAccount(absl::string_view owner, absl::string_view name) {
  using Result = absl::StatusOr<bool>;
  return edge_.Call<Result>(
      Peer::kAgent, CallKind::kWrite, CallName{"DropAccount", "", name},
      [env = &env_, checker = &checker_, seen = seen_, of = std::string(owner),
       account = std::string(name)]() -> Result {
        checker->DropAsked(account, seen);
        const DatabaseAccount* found = env->database.Find(account);
        if (found == nullptr) return false;
        if (!IsOwned(*env, *found, of) || !found->locked || env->database.SessionsOf(account) > 0 ||
            env->database.logins_in_flight() > 0) {
          return absl::FailedPreconditionError(absl::StrCat("account ", account, " is not ours, not locked or in use"));
        }
        const DatabaseAccount before = *found;
        checker->AccountDropped(account, before);
        env->database.EraseAccount(account);
        return true;
      });
}

absl::StatusOr<int> SimAgent::TerminateSessions(absl::string_view, absl::string_view) {
  return absl::UnimplementedError("the simulated agent ends no sessions");
}

absl::Status SimAgent::BeginMigration(absl::string_view, const agent::VersionTable&,
                                      const std::vector<std::string>& expected) {
  return edge_.Call<absl::Status>(
      Peer::kAgent, CallKind::kWrite, CallName{"BeginMigration", "", ""}, [env = &env_, expected]() -> absl::Status {
        const std::string& version = env->database.image().version;
        const std::vector<std::string> now = version.empty() ? std::vector<std::string>() : std::vector{version};
        if (now == expected) return absl::OkStatus();
        return absl::FailedPreconditionError(absl::StrCat("the version table says ", version));
      });
}

absl::StatusOr<api::HintReport> SimAgent::CheckHints(const agent::HintRequest&) {
  using Result = absl::StatusOr<api::HintReport>;
  return edge_.Call<Result>(Peer::kAgent, CallKind::kRead, CallName{"CheckHints", "", ""},
                            []() -> Result { return api::HintReport{}; });
}

absl::Status SimAgent::ConfigureDataMetrics(absl::string_view, const api::DataMetrics&, absl::string_view) {
  return edge_.Call<absl::Status>(Peer::kAgent, CallKind::kWrite, CallName{"ConfigureDataMetrics", "", ""},
                                  [] { return absl::OkStatus(); });
}

}  // namespace dba::simulation
