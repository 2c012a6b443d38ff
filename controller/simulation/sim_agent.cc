// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/sim_agent.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace dba::simulation {
namespace {

// How often an outrun process is elected before its next look.
constexpr int kElectedPerMille = 300;

// Whether an account carries the mark of `owner`.
bool IsOwned(const Environment& env, const DatabaseAccount& account, absl::string_view owner) {
  return account.owner == owner || env.mutant == Mutant::kMarksIgnored;
}

absl::Status Fenced() { return absl::AbortedError("fenced: another controller took over"); }

absl::StatusOr<bool> Ensure(Environment& env, Checker& checker, const agent::AccountRequest& request,
                            const std::string& password) {
  const DatabaseAccount* found = env.database.Find(request.name);
  if (found != nullptr && !IsOwned(env, *found, request.owner)) {
    return absl::FailedPreconditionError(absl::StrCat("account ", request.name, " has no mark of ours"));
  }
  const bool replaces = found != nullptr && found->password != password;
  if (replaces && !request.replace_password) {
    return absl::FailedPreconditionError(absl::StrCat("account ", request.name, " has another password"));
  }
  std::optional<DatabaseAccount> before;
  if (found != nullptr) before = *found;
  const DatabaseAccount after{request.owner, request.kind, request.version, password, false};
  env.database.PutAccount(request.name, after);
  checker.AccountEnsured(request.name, before.has_value() ? &*before : nullptr, after);
  return !before.has_value();
}

absl::StatusOr<bool> Drop(Environment& env, Checker& checker, const std::string& owner, const std::string& name) {
  const DatabaseAccount* found = env.database.Find(name);
  if (found == nullptr) return false;
  if (!IsOwned(env, *found, owner) || !found->locked || env.database.SessionsOf(name) > 0 ||
      env.database.logins_in_flight() > 0) {
    return absl::FailedPreconditionError(absl::StrCat("account ", name, " is not ours, not locked or in use"));
  }
  checker.AccountDropped(name, DatabaseAccount(*found));
  env.database.EraseAccount(name);
  return true;
}

// What is left of an attempt of `owner`; empty when nothing is.
std::string ConnectedMigrator(const Environment& env, const std::string& owner) {
  if (env.database.logins_in_flight() > 0) return "a login in flight";
  for (const auto& [name, account] : env.database.image().accounts) {
    const bool migrator = account.owner == owner && account.kind == api::AccountKind::kMigrator;
    if (migrator && env.database.SessionsOf(name) > 0) return absl::StrCat("a session of ", name);
  }
  return "";
}

}  // namespace

template <typename Result, typename Change>
Result SimAgent::Fence(const CallName& what, const Change& change) {
  return edge_.Call<Result>(Peer::kAgent, CallKind::kWrite, what,
                            [env = &env_, checker = &checker_, epoch = epoch_, change]() -> Result {
                              const bool passed = env->database.Pass(epoch);
                              if (!passed && env->mutant != Mutant::kFenceIgnored) return Fenced();
                              Result result = change(*env, *checker);
                              checker->Changed(epoch);
                              return result;
                            });
}

absl::StatusOr<api::DatabaseView> SimAgent::GetDatabase(const agent::VersionTable&) {
  using Result = absl::StatusOr<api::DatabaseView>;
  Result view =
      edge_.Call<Result>(Peer::kAgent, CallKind::kRead, CallName{"GetDatabase", "", ""}, [env = &env_]() -> Result {
        api::DatabaseView found;
        found.engine = api::Engine::kPostgresql;
        found.server_version = "15.10";
        found.host = "db.example.com";
        found.port = 5432;
        found.identity = absl::StrCat("server-", env->database.identity());
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
  view.epoch = env_.database.image().epoch;
  view.logins_in_flight = Is(Mutant::kLoginsHidden) ? 0 : seen_.logins_in_flight;
  return view;
}

absl::StatusOr<api::AccountsView> SimAgent::ListAccounts(absl::string_view owner) {
  using Result = absl::StatusOr<api::AccountsView>;
  seen_ = Observation{};
  // A new election takes a while.
  if (outrun_ && (env_.calm || env_.rng.Chance(kElectedPerMille))) {
    epoch_ = ++env_.last_epoch;
    outrun_ = false;
  }
  Result view = edge_.Call<Result>(Peer::kAgent, CallKind::kRead, CallName{"ListAccounts", "", ""}, [&]() -> Result {
    Result found = View(owner);
    if (found->epoch > epoch_) {
      outrun_ = true;
      return Fenced();
    }
    // As the agent does, where the owner is known to the server.
    if (found->epoch > 0 || !found->accounts.empty()) {
      env_.database.KeepEpoch(epoch_);
      checker_.Changed(epoch_);
    }
    return found;
  });
  if (!view.ok() && Is(Mutant::kAccountsErrorEmpty)) return api::AccountsView{};
  return view;
}

absl::StatusOr<bool> SimAgent::EnsureAccount(const agent::AccountRequest& request, const Secret& password) {
  using Result = absl::StatusOr<bool>;
  const std::string text(password.Reveal());
  Result made = Fence<Result>({"EnsureAccount", "", request.name}, [request, text](Environment& env, Checker& checker) {
    return Ensure(env, checker, request, text);
  });
  if (!made.ok() && Is(Mutant::kPasswordTold)) {
    return absl::Status(made.status().code(), absl::StrCat("CREATE ROLE PASSWORD '", text, "' failed"));
  }
  return made;
}

absl::Status SimAgent::ProbeAccount(absl::string_view name, const Secret& password) {
  return edge_.Call<absl::Status>(
      Peer::kAgent, CallKind::kRead, CallName{"ProbeAccount", "", name}, [&]() -> absl::Status {
        if (Is(Mutant::kProbeAlwaysOk)) return absl::OkStatus();
        if (env_.database.CanLogIn(std::string(name), std::string(password.Reveal()))) return absl::OkStatus();
        const DatabaseAccount* account = env_.database.Find(std::string(name));
        const absl::Status refused = absl::FailedPreconditionError(absl::StrCat("the database refuses account ", name));
        const bool locked = account != nullptr && account->locked && account->password == password.Reveal();
        return locked ? agent::RefusedForLock(refused) : refused;
      });
}

absl::Status SimAgent::SetLocked(absl::string_view verb, absl::string_view owner, absl::string_view name, bool locked) {
  return Fence<absl::Status>(
      {verb, "", name},
      [of = std::string(owner), account = std::string(name), locked](Environment& env,
                                                                     Checker& checker) -> absl::Status {
        const DatabaseAccount* found = env.database.Find(account);
        if (found == nullptr || !IsOwned(env, *found, of)) {
          return absl::NotFoundError(absl::StrCat("no account ", account, " with the owner's mark"));
        }
        if (locked && env.mutant == Mutant::kLockForgotten) return absl::OkStatus();
        env.database.SetLocked(account, locked);
        checker.AccountChanged(account);
        if (!locked) checker.HumanUnlocked(account);
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
  return Fence<absl::StatusOr<bool>>(
      {"DropAccount", "", name},
      [seen = seen_, of = std::string(owner), account = std::string(name)](Environment& env, Checker& checker) {
        checker.DropAsked(account, seen);
        return Drop(env, checker, of, account);
      });
}

absl::StatusOr<int> SimAgent::TerminateSessions(absl::string_view owner, absl::string_view name) {
  using Result = absl::StatusOr<int>;
  return Fence<Result>({"TerminateSessions", "", name},
                       [of = std::string(owner), account = std::string(name)](Environment& env, Checker&) -> Result {
                         const DatabaseAccount* found = env.database.Find(account);
                         if (found == nullptr || !IsOwned(env, *found, of))
                           return absl::NotFoundError(absl::StrCat("no ", account));
                         if (!found->locked)
                           return absl::FailedPreconditionError(absl::StrCat(account, " is not locked"));
                         return env.database.EndSessions(account);
                       });
}

absl::Status SimAgent::BeginMigration(absl::string_view owner, const agent::VersionTable&,
                                      const std::vector<std::string>& expected) {
  return Fence<absl::Status>(
      {"BeginMigration", "", ""}, [of = std::string(owner), expected](Environment& env, Checker&) -> absl::Status {
        const std::string& version = env.database.image().version;
        const std::vector<std::string> now = version.empty() ? std::vector<std::string>() : std::vector{version};
        if (now != expected) return absl::FailedPreconditionError(absl::StrCat("the version table says ", version));
        const std::string left = ConnectedMigrator(env, of);
        return left.empty() ? absl::OkStatus() : absl::FailedPreconditionError(absl::StrCat("there is ", left));
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
