// SPDX-License-Identifier: Apache-2.0
//
// Between the messages of the API about hints and the agent's own values. Pure; requests are checked here.
#ifndef DBA_DBAGENT_HINTS_CONVERT_H_
#define DBA_DBAGENT_HINTS_CONVERT_H_

#include <vector>

#include "absl/status/statusor.h"
#include "common/json.h"
#include "dbagent/hints/evaluate.h"
#include "dbagent/hints/facts.h"
#include "dbagent/hints/policy.h"
#include "google/protobuf/struct.pb.h"
#include "proto/dbaoperator/agent/v1/agent.pb.h"

namespace dba::agent {

namespace v1 = dbaoperator::agent::v1;

// INVALID_ARGUMENT: nested deeper than 8, or more than 64 KiB of text.
absl::StatusOr<Json> JsonFromStruct(const google::protobuf::Struct& message);

// The hints in order; the status of one that cannot be read says why.
std::vector<absl::StatusOr<hints::Hint>> HintsFromProto(const v1::CheckHintsRequest& request);

// Unspecified parts become the defaults of agent.proto. INVALID_ARGUMENT names a part that is wrong.
absl::StatusOr<hints::Policy> PolicyFromProto(const v1::HintPolicy& policy);

v1::Finding ToProto(const hints::Finding& finding);
v1::CheckHintsResponse::Applied ToProto(hints::Applied applied);
v1::TableFacts ToProto(const hints::TableFacts& facts);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_HINTS_CONVERT_H_
