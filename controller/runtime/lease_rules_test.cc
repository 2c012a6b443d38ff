// SPDX-License-Identifier: Apache-2.0
#include "controller/runtime/lease_rules.h"

#include "common/testing/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

using nlohmann::json;
using Kind = LeaseStep::Kind;

constexpr absl::Duration kStart = absl::Hours(1);

LeaseRecord Record(const std::string& holder, const std::string& version = "7") {
  LeaseRecord record;
  record.holder = holder;
  record.duration = absl::Seconds(15);
  record.transitions = 3;
  record.uid = "u";
  record.resource_version = version;
  return record;
}

LeaseStep Next(const LeaseView& view, absl::Duration since_seen, double jitter = 0) {
  return NextLeaseStep(view, "me", LeaseTiming(), kStart + since_seen, jitter);
}

TEST(NextLeaseStepTest, DecidesWhoActs) {
  const struct {
    const char* reason;
    std::optional<LeaseRecord> record;
    absl::Duration since_seen;
    Kind kind;
  } kCases[] = {
      {"there is none", std::nullopt, absl::ZeroDuration(), Kind::kCreate},
      {"ours is renewed", Record("me"), absl::Seconds(2), Kind::kRenew},
      {"ours is renewed even late; the guard ends leadership", Record("me"), absl::Seconds(60), Kind::kRenew},
      {"another's is respected", Record("other"), absl::Seconds(2), Kind::kWait},
      {"another's is respected to its last moment", Record("other"), absl::Milliseconds(14999), Kind::kWait},
      {"an expired one is taken", Record("other"), absl::Seconds(15), Kind::kAcquire},
      {"a released one is taken at once", Record(""), absl::ZeroDuration(), Kind::kAcquire},
  };
  for (const auto& c : kCases) EXPECT_EQ(Next({c.record, kStart}, c.since_seen).kind, c.kind) << c.reason;
}

TEST(NextLeaseStepTest, WaitsNoLongerThanTheLeaseLasts) {
  const LeaseView view{Record("other"), kStart};
  EXPECT_EQ(Next(view, absl::Seconds(1)).wait, absl::Seconds(2));
  EXPECT_EQ(Next(view, absl::Seconds(1), 0.5).wait, absl::Milliseconds(1500));
  EXPECT_EQ(Next(view, absl::Milliseconds(14500)).wait, absl::Milliseconds(500));
}

TEST(ObserveTest, CountsFromTheFirstSightOfAVersion) {
  LeaseView view = Observe({}, Record("other", "7"), kStart);
  view = Observe(view, Record("other", "7"), kStart + absl::Seconds(5));
  EXPECT_EQ(view.seen_at, kStart) << "nothing was renewed";
  view = Observe(view, Record("other", "8"), kStart + absl::Seconds(9));
  EXPECT_EQ(view.seen_at, kStart + absl::Seconds(9));
  LeaseRecord recreated = Record("other", "8");
  recreated.uid = "v";
  EXPECT_EQ(Observe(view, recreated, kStart + absl::Seconds(12)).seen_at, kStart + absl::Seconds(12));
}

TEST(ParseLeaseTest, ReadsWhatNewLeaseWrites) {
  json lease = NewLease({"dba", "controller"}, "me", LeaseTiming(), absl::UnixEpoch());
  lease["metadata"]["uid"] = "u";
  lease["metadata"]["resourceVersion"] = "1";
  ASSERT_OK_AND_ASSIGN(const LeaseRecord record, ParseLease(lease));
  EXPECT_EQ(record.holder, "me");
  EXPECT_EQ(record.duration, absl::Seconds(15));
  EXPECT_EQ(record.renew_time, "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(record.epoch, 1u) << "higher than none, though the clock stands at zero";
}

TEST(ParseLeaseTest, RefusesAnEpochThatIsNoNumber) {
  const json lease = {
      {"metadata", {{"uid", "u"}, {"resourceVersion", "1"}, {"annotations", {{kEpochAnnotation, "many"}}}}}};
  EXPECT_THAT(ParseLease(lease), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(NextEpochTest, GrowsAlsoWhenTheClockOrTheLeaseWasLost) {
  const absl::Time now = absl::FromUnixMicros(1000);
  EXPECT_EQ(NextEpoch(0, now), 1000u) << "a Lease that was deleted";
  EXPECT_EQ(NextEpoch(999, now), 1000u);
  EXPECT_EQ(NextEpoch(1000, now), 1001u);
  EXPECT_EQ(NextEpoch(5000, now), 5001u) << "a clock that went backwards";
}

TEST(LeasePatchTest, ANewLeaderHasAHigherEpochAndARenewalKeepsIt) {
  LeaseRecord record = Record("me");
  record.epoch = 40;
  const auto epoch = [](const json& patch) { return patch["metadata"]["annotations"][kEpochAnnotation]; };
  EXPECT_EQ(epoch(AcquirePatch(record, "you", LeaseTiming(), absl::UnixEpoch())), "41");
  EXPECT_FALSE(RenewPatch(record, absl::UnixEpoch(), 39)["metadata"].contains("annotations"));
  EXPECT_EQ(epoch(RenewPatch(record, absl::UnixEpoch(), 40)), "41");
  EXPECT_EQ(epoch(RenewPatch(record, absl::UnixEpoch(), 77)), "78");
}

TEST(ParseLeaseTest, TakesAnEmptySpecAsReleased) {
  ASSERT_OK_AND_ASSIGN(const LeaseRecord record,
                       ParseLease({{"metadata", {{"uid", "u"}, {"resourceVersion", "1"}}}, {"spec", json::object()}}));
  EXPECT_EQ(record.holder, "");
  EXPECT_THAT(ParseLease({{"spec", {{"holderIdentity", 5}}}}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(LeasePatchTest, EveryPatchHoldsItsPreconditions) {
  const json acquire = AcquirePatch(Record("other"), "me", LeaseTiming(), absl::UnixEpoch());
  EXPECT_EQ(acquire["spec"]["leaseTransitions"], 4);
  EXPECT_EQ(acquire["spec"]["holderIdentity"], "me");
  const json renew = RenewPatch(Record("me"), absl::UnixEpoch(), 0);
  EXPECT_FALSE(renew["spec"].contains("holderIdentity"));
  const json release = ReleasePatch(Record("me"), absl::UnixEpoch());
  EXPECT_EQ(release["spec"]["holderIdentity"], "");
  for (const json& patch : {acquire, renew, release}) {
    EXPECT_EQ(patch["metadata"]["resourceVersion"], "7");
    EXPECT_EQ(patch["metadata"]["uid"], "u");
  }
}

}  // namespace
}  // namespace dba
