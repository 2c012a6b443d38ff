// SPDX-License-Identifier: Apache-2.0
#include "controller/runtime/lease_rules.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/json.h"
#include "common/status_macros.h"

namespace dba {
namespace {

std::string MicroTime(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone()); }

Json Annotations(uint64_t epoch) { return {{kEpochAnnotation, absl::StrCat(epoch)}}; }

Json Patch(const LeaseRecord& record, Json spec) {
  return {{"metadata", {{"resourceVersion", record.resource_version}, {"uid", record.uid}}}, {"spec", std::move(spec)}};
}

}  // namespace

absl::StatusOr<LeaseRecord> ParseLease(const Json& lease) {
  LeaseRecord record;
  DBA_ASSIGN_OR_RETURN(record.holder, GetStringOr(lease, {"spec", "holderIdentity"}, ""));
  DBA_ASSIGN_OR_RETURN(const int64_t seconds, GetIntOr(lease, {"spec", "leaseDurationSeconds"}, 0));
  record.duration = absl::Seconds(seconds);
  DBA_ASSIGN_OR_RETURN(record.transitions, GetIntOr(lease, {"spec", "leaseTransitions"}, 0));
  DBA_ASSIGN_OR_RETURN(record.acquire_time, GetStringOr(lease, {"spec", "acquireTime"}, ""));
  DBA_ASSIGN_OR_RETURN(record.renew_time, GetStringOr(lease, {"spec", "renewTime"}, ""));
  DBA_ASSIGN_OR_RETURN(const std::string epoch, GetStringOr(lease, {"metadata", "annotations", kEpochAnnotation}, ""));
  if (!epoch.empty() && !absl::SimpleAtoi(epoch, &record.epoch)) {
    return absl::InvalidArgumentError(
        absl::StrCat("annotation ", kEpochAnnotation, " of the Lease is no number; take it away"));
  }
  DBA_ASSIGN_OR_RETURN(record.uid, GetString(lease, {"metadata", "uid"}));
  DBA_ASSIGN_OR_RETURN(record.resource_version, GetString(lease, {"metadata", "resourceVersion"}));
  return record;
}

LeaseView Observe(const LeaseView& before, std::optional<LeaseRecord> record, absl::Duration now) {
  const bool same = record.has_value() && before.record.has_value() && record->uid == before.record->uid &&
                    record->resource_version == before.record->resource_version;
  return {std::move(record), same ? before.seen_at : now};
}

LeaseStep NextLeaseStep(const LeaseView& view, absl::string_view identity, const LeaseTiming& timing,
                        absl::Duration now, double jitter) {
  if (!view.record.has_value()) return {LeaseStep::Kind::kCreate, absl::ZeroDuration()};
  if (view.record->holder == identity) return {LeaseStep::Kind::kRenew, absl::ZeroDuration()};
  const absl::Duration left = view.seen_at + view.record->duration - now;
  if (view.record->holder.empty() || left <= absl::ZeroDuration()) {
    return {LeaseStep::Kind::kAcquire, absl::ZeroDuration()};
  }
  return {LeaseStep::Kind::kWait, std::min(left, timing.retry_period * (1 - jitter / 2))};
}

uint64_t NextEpoch(uint64_t previous, absl::Time now) {
  return std::max(previous + 1, static_cast<uint64_t>(absl::ToUnixMicros(now)));
}

Json NewLease(const kube::ObjectKey& key, absl::string_view identity, const LeaseTiming& timing, absl::Time now) {
  return {{"apiVersion", "coordination.k8s.io/v1"},
          {"kind", "Lease"},
          {"metadata",
           {{"name", key.name}, {"namespace", key.name_space}, {"annotations", Annotations(NextEpoch(0, now))}}},
          {"spec",
           {{"holderIdentity", std::string(identity)},
            {"leaseDurationSeconds", absl::ToInt64Seconds(timing.duration)},
            {"leaseTransitions", 0},
            {"acquireTime", MicroTime(now)},
            {"renewTime", MicroTime(now)}}}};
}

Json AcquirePatch(const LeaseRecord& record, absl::string_view identity, const LeaseTiming& timing, absl::Time now) {
  Json patch = Patch(record, {{"holderIdentity", std::string(identity)},
                              {"leaseDurationSeconds", absl::ToInt64Seconds(timing.duration)},
                              {"leaseTransitions", record.transitions + 1},
                              {"acquireTime", MicroTime(now)},
                              {"renewTime", MicroTime(now)}});
  patch["metadata"]["annotations"] = Annotations(NextEpoch(record.epoch, now));
  return patch;
}

Json RenewPatch(const LeaseRecord& record, absl::Time now, uint64_t outrun) {
  Json patch = Patch(record, {{"renewTime", MicroTime(now)}});
  if (record.epoch <= outrun) patch["metadata"]["annotations"] = Annotations(NextEpoch(outrun, now));
  return patch;
}

Json ReleasePatch(const LeaseRecord& record, absl::Time now) {
  return Patch(record, {{"holderIdentity", ""}, {"leaseDurationSeconds", 1}, {"renewTime", MicroTime(now)}});
}

}  // namespace dba
