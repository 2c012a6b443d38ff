// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_COMMON_GRPC_STATUS_H_
#define DBA_COMMON_GRPC_STATUS_H_

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace dba {

// The codes of both are the same 17 (google/rpc/code.proto); the message is
// kept. A code outside them, which only a broken peer sends, becomes UNKNOWN.
// Payloads do not travel.
grpc::Status ToGrpcStatus(const absl::Status& status);
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace dba

#endif  // DBA_COMMON_GRPC_STATUS_H_
