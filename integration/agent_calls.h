// SPDX-License-Identifier: Apache-2.0
//
// The calls of a controller to an agent, for one owner, as functions of plain values.
#ifndef DBA_INTEGRATION_AGENT_CALLS_H_
#define DBA_INTEGRATION_AGENT_CALLS_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "integration/agent_process.h"
#include "proto/dbaoperator/agent/v1/agent.pb.h"

namespace dba {

// Each call has a deadline of 20 s. Thread-safe.
class AgentCalls {
 public:
  explicit AgentCalls(AgentProcess& agent, std::string owner = "owner-1") : agent_(agent), owner_(std::move(owner)) {}

  // The version is what the first column of `query` says.
  absl::StatusOr<dbaoperator::agent::v1::GetDatabaseResponse> GetDatabase(const std::string& query) const;
  absl::StatusOr<dbaoperator::agent::v1::ListAccountsResponse> ListAccounts() const;
  absl::Status Ensure(
      const std::string& name, const std::string& password,
      dbaoperator::agent::v1::AccountKind kind = dbaoperator::agent::v1::ACCOUNT_KIND_APPLICATION,
      dbaoperator::agent::v1::Privileges privileges = dbaoperator::agent::v1::PRIVILEGES_READ_WRITE) const;
  // The owner is filled in; true when the account was made now.
  absl::StatusOr<bool> Ensure(dbaoperator::agent::v1::EnsureAccountRequest request) const;
  absl::StatusOr<dbaoperator::agent::v1::ProbeAccountResponse::Outcome> Probe(const std::string& name,
                                                                              const std::string& password) const;
  absl::Status Lock(const std::string& name) const;
  absl::Status Unlock(const std::string& name) const;
  absl::StatusOr<bool> Drop(const std::string& name) const;
  absl::StatusOr<uint32_t> Terminate(const std::string& name) const;
  // The version is what the first column of `query` says; "" for none.
  absl::Status Begin(const std::string& query, const std::string& expected) const;
  absl::Status Configure(const dbaoperator::agent::v1::DataMetrics& metrics) const;

 private:
  AgentProcess& agent_;
  const std::string owner_;
};

}  // namespace dba

#endif  // DBA_INTEGRATION_AGENT_CALLS_H_
