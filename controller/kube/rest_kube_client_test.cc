// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/rest_kube_client.h"

#include <deque>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/testing/fake_clock.h"
#include "common/testing/fake_random.h"
#include "common/testing/status_matchers.h"
#include "common/testing/temp_dir.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::kube {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Answers from a script; a stream's body goes out in pieces of three bytes.
class ScriptedTransport : public HttpTransport {
 public:
  void Answer(int status, const std::string& body) { answers_.push_back(HttpResponse{status, body}); }
  void Fail(const absl::Status& status) { answers_.push_back(status); }

  absl::StatusOr<HttpResponse> Do(const HttpRequest& request) override {
    requests.push_back(request);
    if (answers_.empty()) return absl::InternalError("the script is at its end");
    absl::StatusOr<HttpResponse> answer = answers_.front();
    answers_.pop_front();
    return answer;
  }

  absl::StatusOr<HttpResponse> Stream(const HttpRequest& request,
                                      const std::function<bool(absl::string_view)>& on_bytes,
                                      const StopToken&) override {
    absl::StatusOr<HttpResponse> answer = Do(request);
    if (!answer.ok() || answer->status != 200) return answer;
    const absl::string_view body = answer->body;
    for (size_t at = 0; at < body.size(); at += 3) {
      if (!on_bytes(body.substr(at, 3))) break;
    }
    return HttpResponse{200, ""};
  }

  std::vector<HttpRequest> requests;

 private:
  std::deque<absl::StatusOr<HttpResponse>> answers_;
};

class RestKubeClientTest : public testing::Test {
 protected:
  RestKubeClientTest() : credentials_(Config(), &clock_), client_(&transport_, &credentials_, &random_, Options()) {}

  ApiServerConfig Config() {
    ApiServerConfig config;
    config.host = "api";
    config.token_file = dir_.Write("token", "one");
    return config;
  }
  RestKubeClient::Options Options() {
    RestKubeClient::Options options;
    options.observer = [this](absl::string_view method, int code, absl::string_view host) {
      observed_.push_back(absl::StrCat(method, " ", code, " ", host));
    };
    return options;
  }
  const HttpRequest& Last() const { return transport_.requests.back(); }
  absl::Status Watch(std::vector<WatchEvent>* events) {
    return client_.Watch(
        kJobs, "shop", "a in (b,c)", "7", [&](WatchEvent event) { events->push_back(std::move(event)); },
        stop_.Token());
  }

  TempDir dir_;
  FakeClock clock_;
  FakeRandom random_;
  ScriptedTransport transport_;
  std::vector<std::string> observed_;
  StopSource stop_;
  CredentialSource credentials_;
  RestKubeClient client_;
};

const ObjectKey kKey{"shop", "x"};

TEST_F(RestKubeClientTest, GetsAndDropsManagedFields) {
  transport_.Answer(200, R"({"metadata":{"name":"x","managedFields":[{"a":1}]},"spec":{"n":9007199254740993}})");
  ASSERT_OK_AND_ASSIGN(const json job, client_.Get(kJobs, kKey));
  EXPECT_EQ(job, (json{{"metadata", {{"name", "x"}}}, {"spec", {{"n", 9007199254740993}}}}));
  EXPECT_EQ(Last().method, "GET");
  EXPECT_EQ(Last().target, "/apis/batch/v1/namespaces/shop/jobs/x") << "no resourceVersion: a quorum read";
  EXPECT_EQ(Last().bearer_token.Reveal(), "one");
  EXPECT_THAT(observed_, ElementsAre("GET 200 api"));
}

TEST_F(RestKubeClientTest, ListsPageByPage) {
  transport_.Answer(200,
                    R"({"metadata":{"resourceVersion":"5","continue":"a+b"},"items":[{"metadata":{"name":"x"}}]})");
  transport_.Answer(200, R"({"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"y"}}]})");
  ASSERT_OK_AND_ASSIGN(const ObjectList list, client_.List(kJobs, "shop", "a=b"));
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[1]["metadata"]["name"], "y");
  EXPECT_EQ(list.items[1]["apiVersion"], "batch/v1");
  EXPECT_EQ(list.resource_version, "5");
  EXPECT_EQ(transport_.requests[0].target, "/apis/batch/v1/namespaces/shop/jobs?labelSelector=a%3Db&limit=500");
  EXPECT_THAT(Last().target, HasSubstr("&limit=500&continue=a%2Bb"));
}

TEST_F(RestKubeClientTest, AnExpiredContinueTokenStartsTheListAgainOnce) {
  transport_.Answer(200, R"({"metadata":{"continue":"t"},"items":[{"metadata":{"name":"old"}}]})");
  transport_.Answer(410, "{}");
  transport_.Answer(200, R"({"metadata":{"resourceVersion":"6"},"items":[{"metadata":{"name":"new"}}]})");
  ASSERT_OK_AND_ASSIGN(const ObjectList list, client_.List(kJobs, "shop", ""));
  ASSERT_EQ(list.items.size(), 1U);
  EXPECT_EQ(list.items[0]["metadata"]["name"], "new");
  transport_.Answer(410, "{}");
  transport_.Answer(410, "{}");
  EXPECT_THAT(client_.List(kJobs, "shop", ""), StatusIs(absl::StatusCode::kOutOfRange));
}

TEST_F(RestKubeClientTest, NeverReturnsAShorterList) {
  transport_.Answer(200, R"({"metadata":{"continue":"t"},"items":[{"metadata":{"name":"x"}}]})");
  transport_.Fail(absl::UnavailableError("broken"));
  EXPECT_THAT(client_.List(kJobs, "shop", ""), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("list Job shop/*")));
  for (const char* body : {"{}", R"({"items":{}})", R"({"items":[1]})", R"({"items":[)"}) {
    transport_.Answer(200, body);
    EXPECT_FALSE(client_.List(kJobs, "shop", "").ok()) << body;
  }
  transport_.Answer(200, R"({"metadata":{},"items":null})");
  EXPECT_OK(client_.List(kJobs, "shop", ""));
}

TEST_F(RestKubeClientTest, ReadsTheTokenAgainAfterA401) {
  transport_.Answer(401, "{}");
  transport_.Answer(200, "{}");
  ASSERT_OK(credentials_.Current());
  dir_.Write("token", "two");
  ASSERT_OK(client_.Get(kJobs, kKey));
  EXPECT_EQ(Last().bearer_token.Reveal(), "two");
  transport_.Answer(401, "{}");
  transport_.Answer(401, "{}");
  EXPECT_THAT(client_.Get(kJobs, kKey), StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_EQ(transport_.requests.size(), 4U);
}

TEST_F(RestKubeClientTest, CreatesInTheCollection) {
  transport_.Answer(201, "{}");
  ASSERT_OK(client_.Create(kJobs, {{"metadata", {{"name", "x"}, {"namespace", "shop"}}}}));
  EXPECT_EQ(Last().method, "POST");
  EXPECT_EQ(Last().target, "/apis/batch/v1/namespaces/shop/jobs?fieldManager=dba-operator");
  EXPECT_EQ(Last().content_type, "application/json");
  EXPECT_THAT(client_.Create(kJobs, json::object()), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(RestKubeClientTest, AppliesToTheSubresource) {
  transport_.Answer(200, "{}");
  ASSERT_OK(
      client_.Apply(kManagedDatabases, {{"metadata", {{"name", "x"}, {"namespace", "shop"}}}}, "dba/s", "status"));
  EXPECT_EQ(Last().method, "PATCH");
  EXPECT_EQ(Last().target,
            "/apis/dbaoperator.dev/v1alpha1/namespaces/shop/manageddatabases/x/status?fieldManager=dba%2Fs&force=true");
  EXPECT_EQ(Last().content_type, "application/apply-patch+yaml");
}

TEST_F(RestKubeClientTest, PatchesAsJsonMergePatch) {
  transport_.Answer(200, "{}");
  ASSERT_OK(client_.MergePatch(kJobs, kKey, {{"spec", {{"suspend", false}}}}));
  EXPECT_EQ(Last().content_type, "application/merge-patch+json");
  EXPECT_EQ(Last().body, R"({"spec":{"suspend":false}})");
}

TEST_F(RestKubeClientTest, DeletesWithPreconditions) {
  transport_.Answer(200, "{}");
  ASSERT_OK(client_.Delete(kJobs, kKey, {"u", "7"}));
  EXPECT_EQ(Last().method, "DELETE");
  const json body = json::parse(Last().body);
  EXPECT_EQ(body["preconditions"], (json{{"uid", "u"}, {"resourceVersion", "7"}}));
  EXPECT_EQ(body["propagationPolicy"], "Background");
  transport_.Answer(200, "{}");
  ASSERT_OK(client_.Delete(kJobs, kKey, {}));
  EXPECT_FALSE(json::parse(Last().body).contains("preconditions"));
}

TEST_F(RestKubeClientTest, ATruncatedAnswerIsNoSuccess) {
  transport_.Answer(200, R"({"metadata":)");
  EXPECT_THAT(client_.MergePatch(kJobs, kKey, json::object()), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(RestKubeClientTest, ErrorsNameTheCallAndNoToken) {
  transport_.Fail(absl::UnavailableError("cannot connect"));
  EXPECT_THAT(client_.Get(kJobs, kKey),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("get Job shop/x: cannot connect"), Not(HasSubstr("one")))));
  EXPECT_THAT(observed_, ElementsAre("GET 0 api"));
}

TEST_F(RestKubeClientTest, WatchesFromAVersionWithBookmarks) {
  transport_.Answer(200,
                    "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"x\",\"managedFields\":[]}}}\n"
                    "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"9\"}}}\n");
  std::vector<WatchEvent> events;
  EXPECT_OK(Watch(&events));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].object, (json{{"metadata", {{"name", "x"}}}}));
  EXPECT_EQ(events[1].type, WatchEvent::Type::kBookmark);
  EXPECT_THAT(Last().target, HasSubstr("?watch=true&allowWatchBookmarks=true&resourceVersion=7&"
                                       "labelSelector=a%20in%20%28b%2Cc%29&timeoutSeconds="));
  EXPECT_GT(Last().timeout, absl::Seconds(300));
}

TEST_F(RestKubeClientTest, AForgottenVersionEndsTheWatchBothWays) {
  std::vector<WatchEvent> events;
  transport_.Answer(410, "{}");
  EXPECT_THAT(Watch(&events), StatusIs(absl::StatusCode::kOutOfRange));
  transport_.Answer(200, "{\"type\":\"ERROR\",\"object\":{\"code\":410}}\n{\"type\":\"ADDED\",\"object\":{}}\n");
  EXPECT_THAT(Watch(&events), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_TRUE(events.empty());
}

TEST_F(RestKubeClientTest, AStoppedWatchIsCancelled) {
  std::vector<WatchEvent> events;
  transport_.Fail(absl::CancelledError("ended"));
  stop_.RequestStop();
  EXPECT_THAT(Watch(&events), StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace dba::kube
