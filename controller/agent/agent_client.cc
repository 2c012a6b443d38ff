// SPDX-License-Identifier: Apache-2.0
#include "controller/agent/agent_client.h"

#include <utility>

#include "absl/strings/cord.h"

namespace dba::agent {
namespace {

constexpr absl::string_view kNotAnswered = "dbaoperator.dev/agent-did-not-answer";
constexpr absl::string_view kLocked = "dbaoperator.dev/account-is-locked";

}  // namespace

absl::Status NotAnswered(absl::Status status) {
  status.SetPayload(kNotAnswered, absl::Cord("1"));
  return status;
}

bool AgentAnswered(const absl::Status& status) { return !status.GetPayload(kNotAnswered).has_value(); }

absl::Status RefusedForLock(absl::Status status) {
  status.SetPayload(kLocked, absl::Cord("1"));
  return status;
}

bool IsRefusedForLock(const absl::Status& status) { return status.GetPayload(kLocked).has_value(); }

}  // namespace dba::agent
