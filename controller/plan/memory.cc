// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/memory.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <variant>

namespace dba::plan {
namespace {

// A login of which nothing is known, or that only waits for somebody to take a lock away, is tried again soon.
constexpr absl::Duration kSoon = absl::Seconds(10);

bool IsDrained(const api::Account& account) {
  return account.locked && account.sessions.empty() && account.prepared_transactions == 0;
}

// The versions that are being retired.
std::set<std::string> Retiring(const World& world) {
  std::set<std::string> versions;
  for (const api::CredentialStatus& credential : world.database.status.credentials) {
    if (credential.state == "Retiring" || credential.state == "Quarantined") versions.insert(credential.version);
  }
  return versions;
}

bool IsDue(const World& world, const SecretView& secret, absl::Time now) {
  const Probe* probe = FindProbe(world, secret.account, secret.uid);
  if (probe == nullptr) return true;
  const bool soon = probe->outcome == Login::kUnknown || probe->outcome == Login::kLocked;
  return now - probe->at >= (soon ? kSoon : kProbeInterval);
}

}  // namespace

const Probe* FindProbe(const World& world, const std::string& account, const std::string& secret_uid) {
  const auto found = world.memory.probes.find(account);
  if (found == world.memory.probes.end() || !world.schema.ok()) return nullptr;
  const Probe& probe = found->second;
  return probe.secret_uid == secret_uid && probe.server_identity == world.schema->identity ? &probe : nullptr;
}

std::vector<ProbeTarget> DueProbes(const World& world, absl::Time now) {
  if (!world.schema.ok() || !world.accounts.ok() || !world.secrets.ok() || world.database.meta.deleting) return {};
  std::map<std::string, bool> open;  // by account
  for (const api::Account& account : world.accounts->accounts) open[account.name] = !account.locked;
  std::set<std::string> published;
  for (const SecretView& secret : *world.secrets) {
    if (secret.role == SecretRole::kApplication) published.insert(secret.version);
  }
  const std::set<std::string> retiring = Retiring(world);
  std::vector<ProbeTarget> due;
  for (const SecretView& secret : *world.secrets) {
    const bool wanted = secret.role == SecretRole::kApplication
                            ? retiring.count(secret.version) == 0
                            : secret.role == SecretRole::kIntent && published.count(secret.version) == 0;
    const auto account = open.find(secret.account);
    if (!wanted || account == open.end() || !account->second || !IsDue(world, secret, now)) continue;
    due.push_back({secret.account, secret.name, secret.uid});
  }
  return due;
}

void Remember(const World& world, absl::Time now, Memory& memory) {
  const bool reached = world.schema.ok() && world.accounts.ok();
  memory.unreachable_since = reached ? absl::InfiniteFuture() : std::min(memory.unreachable_since, now);
  std::map<std::string, absl::Time> drained;
  if (reached && world.accounts->logins_in_flight == 0) {
    for (const api::Account& account : world.accounts->accounts) {
      if (!IsDrained(account)) continue;
      const auto before = memory.drained_since.find(account.name);
      drained[account.name] = before == memory.drained_since.end() ? now : before->second;
    }
  }
  memory.drained_since = std::move(drained);
}

void RememberAction(const Action& action, bool succeeded, absl::Time now, Memory& memory) {
  if (const auto* ensure = std::get_if<EnsureAccount>(&action)) {
    memory.probes.erase(ensure->account);
    if (succeeded && ensure->replace_password) memory.password_replaced_at[ensure->account] = now;
  } else if (const auto* probe = std::get_if<ProbeAccount>(&action)) {
    if (!succeeded) memory.probes.erase(probe->account);
  } else if (const auto* unlock = std::get_if<UnlockAccount>(&action)) {
    memory.drained_since.erase(unlock->account);
  }
}

}  // namespace dba::plan
