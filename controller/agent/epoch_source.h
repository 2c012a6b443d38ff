// SPDX-License-Identifier: Apache-2.0
//
// The number that says which controller leads: each leader's is higher than that of the one before. Databases keep the
// highest that ever changed them, and refuse lower ones (the fence of agent.proto).
#ifndef DBA_CONTROLLER_AGENT_EPOCH_SOURCE_H_
#define DBA_CONTROLLER_AGENT_EPOCH_SOURCE_H_

#include <cstdint>

namespace dba::agent {

// Thread-safe.
class EpochSource {
 public:
  virtual ~EpochSource() = default;

  // Of this process; one that does not lead sends calls that are refused.
  virtual uint64_t Current() const = 0;

  // A database knows `seen`, which is higher than Current(): either another controller leads, or the record of epochs
  // was lost. Asks for a higher one, which only a process that still leads will get.
  virtual void Outrun(uint64_t seen) = 0;
};

}  // namespace dba::agent

#endif  // DBA_CONTROLLER_AGENT_EPOCH_SOURCE_H_
