// SPDX-License-Identifier: Apache-2.0
//
// Which credentials must exist, and that they work: made once, published once proven, and made good when the database
// lost or changed what their Secret says. A password is replaced only where nobody can hold the one before.
#ifndef DBA_CONTROLLER_PLAN_CREDENTIAL_RULES_H_
#define DBA_CONTROLLER_PLAN_CREDENTIAL_RULES_H_

#include <optional>

#include "controller/plan/situation.h"

namespace dba::plan {

// The current version, or one whose account exists and is not to be retired, has no published credential: makes one.
// The password is durable in an intent Secret before the database sees it, and is published after it logged in; every
// step can be repeated with the same password. An account that somebody else locked is left alone.
std::optional<Decision> PublishCredential(const Situation& situation);

// A published credential that is not to be retired has no account, or does not log in with what its Secret holds:
// brings it back with the password of the Secret.
std::optional<Decision> RestoreAccount(const Situation& situation);

// An intent Secret has served its purpose: deletes it.
std::optional<Decision> DeleteIntent(const Situation& situation);

// An account of an earlier attempt is left: locks it, waits until its sessions end, drops it, deletes its Secret.
std::optional<Decision> RetireMigrator(const Situation& situation);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_CREDENTIAL_RULES_H_
