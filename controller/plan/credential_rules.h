// SPDX-License-Identifier: Apache-2.0
//
// Which credentials must exist, and how one that should not is taken away: never while a Pod refers to it, a session
// uses it or a login is in flight, and never when one of these is unknown.
#ifndef DBA_CONTROLLER_PLAN_CREDENTIAL_RULES_H_
#define DBA_CONTROLLER_PLAN_CREDENTIAL_RULES_H_

#include <optional>

#include "controller/plan/situation.h"

namespace dba::plan {

// The current version has no published credential: makes one. The password is durable in an intent Secret before the
// database sees it, and is published after it logged in; every step can be repeated with the same password.
std::optional<Decision> PublishCredential(const Situation& situation);

// A published credential that is not to be retired has no account, or one that this program locked: brings it back
// with the password that its Secret holds.
std::optional<Decision> RestoreAccount(const Situation& situation);

// An intent Secret has served its purpose: deletes it.
std::optional<Decision> DeleteIntent(const Situation& situation);

// An account of an earlier attempt is left: locks it, waits until its sessions end, drops it, deletes its Secret.
std::optional<Decision> RetireMigrator(const Situation& situation);

// A migration is pending: takes the credentials away that do not fit the schema it makes, or waits for their users.
std::optional<Decision> RetireCredentials(const Situation& situation);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_CREDENTIAL_RULES_H_
