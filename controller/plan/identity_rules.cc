// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/identity_rules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "controller/plan/names.h"

namespace dba::plan {
namespace {

bool IsAnother(const World& world) {
  const std::string& before = world.database.status.server_identity;
  return !before.empty() && !world.schema->identity.empty() && before != world.schema->identity;
}

bool HasTraces(const World& world) { return world.accounts->epoch > 0 || !world.accounts->accounts.empty(); }

bool IsAccepted(const World& world) {
  const auto& annotations = world.database.meta.annotations;
  const auto accepted = annotations.find(std::string(kAcceptDatabaseAnnotation));
  return accepted != annotations.end() && accepted->second == world.schema->identity;
}

}  // namespace

std::optional<Decision> AwaitAcceptance(const World& world) {
  if (!IsAnother(world) || HasTraces(world) || IsAccepted(world) || world.database.status.credentials.empty()) {
    return std::nullopt;
  }
  const api::ObjectMeta& meta = world.database.meta;
  Decision decision;
  decision.verdict = {
      Progress::kTerminal, "DatabaseReplaced",
      absl::StrCat(
          "the server that answers is ", world.schema->identity, ", not ", world.database.status.server_identity,
          ", and knows nothing of this ManagedDatabase. Point the agent to the right server; or, if this is to "
          "be its database from now on: kubectl annotate mdb ",
          meta.name, " -n ", meta.name_space, " --overwrite ", kAcceptDatabaseAnnotation, "=", world.schema->identity)};
  return decision;
}

std::optional<Notice> NoticeOfMove(const World& world) {
  if (!world.schema.ok() || !world.accounts.ok() || !IsAnother(world)) return std::nullopt;
  return Notice{true, "DatabaseMoved",
                absl::StrCat("the database is now on server ", world.schema->identity, ", before on ",
                             world.database.status.server_identity, "; all published credentials are tried there")};
}

}  // namespace dba::plan
