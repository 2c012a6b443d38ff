// SPDX-License-Identifier: Apache-2.0
#include "dbagent/credentials/fence.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace dba::agent {
namespace {

constexpr char kPayload[] = "dbaoperator.dev/fenced";

}  // namespace

absl::Status CheckEpoch(uint64_t epoch, uint64_t highest) {
  if (epoch == 0 || epoch >= highest) return absl::OkStatus();
  absl::Status fenced = absl::AbortedError(absl::StrCat(
      "fenced: epoch ", epoch, " is lower than ", highest, ", with which another controller has changed accounts of ",
      "this owner; nothing was changed. Stop, or prove to lead and come back with a higher epoch"));
  fenced.SetPayload(kPayload, absl::Cord());
  return fenced;
}

bool IsFenced(const absl::Status& status) { return status.GetPayload(kPayload).has_value(); }

}  // namespace dba::agent
