// SPDX-License-Identifier: Apache-2.0
#include "controller/reconcile/job_view.h"

#include "common/testing/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace dba {
namespace {

using ::nlohmann::json;
using Phase = plan::JobView::Phase;

json JobWith(const char* spec, const char* status) {
  return {{"metadata",
           {{"name", "j"}, {"uid", "u"}, {"resourceVersion", "7"}, {"labels", {{"dbaoperator.dev/migration", "v1"}}}}},
          {"spec", json::parse(spec)},
          {"status", json::parse(status)}};
}

Phase PhaseOf(const char* spec, const char* status) {
  const absl::StatusOr<plan::JobView> view = ParseJob(JobWith(spec, status));
  EXPECT_OK(view);
  return view->phase;
}

TEST(ParseJobTest, ReadsIdentity) {
  ASSERT_OK_AND_ASSIGN(const plan::JobView view, ParseJob(JobWith("{}", "{}")));
  EXPECT_EQ(view.name, "j");
  EXPECT_EQ(view.uid, "u");
  EXPECT_EQ(view.resource_version, "7");
  EXPECT_EQ(view.migration, "v1");
  EXPECT_EQ(view.phase, Phase::kRunning);
  EXPECT_EQ(view.finished_at, absl::InfinitePast());
}

TEST(ParseJobTest, OnlyItsConditionsEndAJob) {
  EXPECT_EQ(PhaseOf(R"({"suspend":true})", "{}"), Phase::kSuspended);
  EXPECT_EQ(PhaseOf(R"({"suspend":false})", R"({"active":1})"), Phase::kRunning);
  EXPECT_EQ(PhaseOf("{}", R"({"succeeded":1,"conditions":[{"type":"SuccessCriteriaMet","status":"True"}]})"),
            Phase::kRunning);
  EXPECT_EQ(PhaseOf("{}", R"({"conditions":[{"type":"FailureTarget","status":"True"}]})"), Phase::kRunning);
  EXPECT_EQ(PhaseOf("{}", R"({"conditions":[{"type":"Complete","status":"False"}]})"), Phase::kRunning);
  EXPECT_EQ(PhaseOf("{}", R"({"conditions":[{"type":"Complete","status":"True"}]})"), Phase::kSucceeded);
  // A Job can be suspended again after it ended; it stays ended.
  EXPECT_EQ(PhaseOf(R"({"suspend":true})", R"({"conditions":[{"type":"Failed","status":"True"}]})"), Phase::kFailed);
}

TEST(ParseJobTest, AFailedJobSaysWhyAndWhen) {
  ASSERT_OK_AND_ASSIGN(const plan::JobView view,
                       ParseJob(JobWith("{}", R"({"conditions":[{"type":"Failed","status":"True",
                         "reason":"DeadlineExceeded","message":"too late","lastTransitionTime":"1970-01-01T00:00:09Z"}]})")));
  EXPECT_EQ(view.message, "DeadlineExceeded: too late");
  EXPECT_EQ(view.finished_at, absl::FromUnixSeconds(9));
}

TEST(ParseJobTest, LabelsAloneDoNotMakeAJobOurs) {
  json job = JobWith("{}", "{}");
  EXPECT_FALSE(IsControlledBy(job, "db-uid"));
  job["metadata"]["ownerReferences"] = {{{"uid", "db-uid"}, {"controller", false}}, "odd"};
  EXPECT_FALSE(IsControlledBy(job, "db-uid"));
  job["metadata"]["ownerReferences"].push_back({{"uid", "db-uid"}, {"controller", true}});
  EXPECT_TRUE(IsControlledBy(job, "db-uid"));
  EXPECT_FALSE(IsControlledBy(job, "created-anew"));
}

TEST(ParseJobTest, AJobWithoutANameIsRefused) {
  EXPECT_THAT(ParseJob(json::object()), StatusIs(absl::StatusCode::kInvalidArgument));
}

json PodWith(const char* terminated) {
  return {{"status",
           {{"containerStatuses", {{{"name", "migration"}, {"state", {{"terminated", json::parse(terminated)}}}}}}}}};
}

TEST(LastWordsTest, AreTheLastLineThatIsNotBlank) {
  EXPECT_EQ(LastWords({PodWith(R"({"exitCode":1,"message":"a\n  no such table  \r\n\n"})")}), "no such table");
}

TEST(LastWordsTest, WithoutALineTellTheExit) {
  EXPECT_EQ(LastWords({PodWith(R"({"exitCode":137,"reason":"OOMKilled"})")}),
            "container migration ended with exit code 137 (OOMKilled)");
}

TEST(LastWordsTest, PassOverContainersThatSucceeded) {
  EXPECT_EQ(LastWords({PodWith(R"({"exitCode":0,"message":"fine"})"), PodWith(R"({"exitCode":3,"message":"bad"})")}),
            "bad");
  EXPECT_EQ(LastWords({PodWith(R"({"exitCode":0})"), json(1), json::object()}), "");
}

TEST(LastWordsTest, FindInitContainers) {
  EXPECT_EQ(
      LastWords({json{{"status",
                       {{"initContainerStatuses",
                         {{{"name", "i"}, {"state", {{"terminated", {{"exitCode", 2}, {"message", "m"}}}}}}}}}}}}),
      "m");
}

}  // namespace
}  // namespace dba
