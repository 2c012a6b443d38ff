// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/finding.h"

namespace dba::agent::hints {

absl::string_view Word(Harm harm) {
  switch (harm) {
    case Harm::kBlocksWrites:
      return "BlocksWrites";
    case Harm::kBlocksReads:
      return "BlocksReads";
    case Harm::kFails:
      return "Fails";
    case Harm::kDataLoss:
      return "DataLoss";
    case Harm::kBreaksOldWriters:
      return "BreaksOldWriters";
    case Harm::kDrift:
      return "Drift";
    case Harm::kLoad:
      return "Load";
    case Harm::kUnsupported:
      return "Unsupported";
  }
  return "";
}

}  // namespace dba::agent::hints
