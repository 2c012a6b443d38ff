// SPDX-License-Identifier: Apache-2.0
//
// The fence against a controller that was replaced and does not know it (agent.proto, "The fence"). Pure; where the
// highest epoch is kept is each engine's.
#ifndef DBA_DBAGENT_CREDENTIALS_FENCE_H_
#define DBA_DBAGENT_CREDENTIALS_FENCE_H_

#include <cstdint>

#include "absl/status/status.h"

namespace dba::agent {

// ABORTED when `epoch` is below `highest`, the highest that changed something for the owner. 0 is not compared.
absl::Status CheckEpoch(uint64_t epoch, uint64_t highest);

// Whether a status is that of CheckEpoch, and no transaction that the database aborted.
bool IsFenced(const absl::Status& status);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_CREDENTIALS_FENCE_H_
