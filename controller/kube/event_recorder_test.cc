// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/event_recorder.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/mutex.h"
#include "common/testing/fake_clock.h"
#include "common/testing/fake_random.h"
#include "common/testing/wait_for.h"
#include "controller/testing/fake_kube_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::kube {
namespace {

using nlohmann::json;

class EventRecorderTest : public testing::Test {
 protected:
  EventRecorderTest() { StartRecorder({}); }

  void StartRecorder(EventRecorder::Options options) {
    recorder_ = std::make_unique<EventRecorder>(&client_, &clock_, &random_, std::move(options));
  }
  void Record(const std::string& note, const std::string& uid = "u1") {
    recorder_->Record({"dbaoperator.dev/v1alpha1", "ManagedDatabase", "shop", "main", uid}, EventType::kWarning,
                      "HintFailed", "CheckHints", note);
  }
  bool WaitForEvents(size_t count) {
    return WaitFor([&] { return client_.Objects(kEvents).size() == count; });
  }

  FakeKubeClient client_;
  FakeClock clock_;
  FakeRandom random_;
  std::unique_ptr<EventRecorder> recorder_;
};

TEST_F(EventRecorderTest, PublishesWhatTheApiDemands) {
  Record("table image is large");
  ASSERT_TRUE(WaitForEvents(1));
  const json event = client_.Objects(kEvents)[0];
  EXPECT_EQ(event["metadata"]["namespace"], "shop");
  EXPECT_THAT(event["metadata"]["name"].get<std::string>(), testing::MatchesRegex("main\\.[0-9a-f]{16}"));
  EXPECT_EQ(event["type"], "Warning");
  EXPECT_EQ(event["reason"], "HintFailed");
  EXPECT_EQ(event["action"], "CheckHints");
  EXPECT_EQ(event["note"], "table image is large");
  EXPECT_EQ(event["reportingController"], "dbaoperator.dev/controller");
  EXPECT_EQ(event["regarding"]["uid"], "u1");
  EXPECT_EQ(event["eventTime"], "2023-11-14T22:13:20.000000Z");
}

TEST_F(EventRecorderTest, TellsARepetitionOnceInTenMinutes) {
  Record("same");
  Record("same");
  Record("other");
  Record("same", "u2");
  ASSERT_TRUE(WaitForEvents(3));
  clock_.Advance(absl::Minutes(9));
  Record("same");
  clock_.Advance(absl::Minutes(2));
  Record("same");
  Record("last");
  ASSERT_TRUE(WaitForEvents(5));
  EXPECT_EQ(recorder_->dropped(), 0);
}

TEST_F(EventRecorderTest, ARefusalIsCountedAndMayBeToldAgain) {
  client_.FailNext("create", "events", absl::PermissionDeniedError("no"));
  Record("same");
  ASSERT_TRUE(WaitFor([&] { return recorder_->dropped() == 1; }));
  Record("same");
  EXPECT_TRUE(WaitForEvents(1));
}

TEST_F(EventRecorderTest, CutsLongTextBetweenCharacters) {
  std::string note(1023, 'x');
  absl::StrAppend(&note, "\xC3\xA4");
  Record(note);
  ASSERT_TRUE(WaitForEvents(1));
  EXPECT_EQ(client_.Objects(kEvents)[0]["note"], std::string(1023, 'x'));
}

TEST_F(EventRecorderTest, DropsWhatTheQueueCannotHoldAndStopsAtOnce) {
  EventRecorder::Options options;
  options.queue_limit = 2;
  StartRecorder(options);
  // The first call blocks until the recorder is told to stop, as a dead API server would block it.
  Mutex mu;
  CondVar changed;
  bool entered = false;
  bool release = false;
  client_.SetBeforeCall([&](const FakeKubeClient::Call&) {
    MutexLock lock(&mu);
    entered = true;
    changed.SignalAll();
    while (!release) changed.Wait(&mu);
    return absl::UnavailableError("down");
  });
  Record("0");
  {
    MutexLock lock(&mu);
    while (!entered) changed.Wait(&mu);
  }
  for (int i = 1; i <= 4; ++i) Record(absl::StrCat(i));
  EXPECT_EQ(recorder_->dropped(), 2);
  {
    MutexLock lock(&mu);
    release = true;
    changed.SignalAll();
  }
  recorder_.reset();
}

TEST(SubjectOfTest, ReadsAnObject) {
  const EventSubject subject =
      SubjectOf({{"apiVersion", "batch/v1"}, {"kind", "Job"}, {"metadata", {{"name", "x"}, {"uid", "u"}}}});
  EXPECT_EQ(subject.kind, "Job");
  EXPECT_EQ(subject.name, "x");
  EXPECT_EQ(subject.uid, "u");
  EXPECT_EQ(subject.name_space, "");
}

}  // namespace
}  // namespace dba::kube
