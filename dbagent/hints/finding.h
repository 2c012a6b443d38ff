// SPDX-License-Identifier: Apache-2.0
//
// What a rule says about a hint. Plain values.
#ifndef DBA_DBAGENT_HINTS_FINDING_H_
#define DBA_DBAGENT_HINTS_FINDING_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace dba::agent::hints {

enum class Harm {
  kBlocksWrites,
  kBlocksReads,  // and writes
  kFails,
  kDataLoss,
  kBreaksOldWriters,
  kDrift,
  kLoad,
  kUnsupported,
};
enum class Effect { kBlock, kWarn };
enum class Severity { kError, kWarning };
enum class Confidence { kLow, kMedium, kHigh };

// A rule fills in what differs from its RuleInfo; Evaluate the rest.
struct Finding {
  std::string rule;
  std::optional<Harm> harm;  // absent: that of the rule
  Effect effect = Effect::kWarn;
  Confidence confidence = Confidence::kHigh;
  bool unknown = false;    // it could not be told; `message` says why
  bool transient = false;  // passes by itself
  size_t hint = 0;
  int scenario = 0;  // 1 to 9; 0: a further one
  std::string table;
  std::vector<std::string> columns;
  std::string message;  // one sentence; never a value of a row
  std::string remedy;
  std::optional<absl::Duration> expected_duration;
  std::map<std::string, std::string> evidence;
};

// The word of the API: "BlocksWrites".
absl::string_view Word(Harm harm);

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_FINDING_H_
