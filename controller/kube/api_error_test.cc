// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/api_error.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::kube {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Body(const std::string& reason, const std::string& message) {
  return nlohmann::json{{"kind", "Status"}, {"reason", reason}, {"message", message}}.dump();
}

TEST(ApiErrorTest, MapsEveryDocumentedCode) {
  const struct {
    int http;
    const char* reason;
    absl::StatusCode code;
  } kCases[] = {
      {400, "BadRequest", absl::StatusCode::kInvalidArgument},
      {401, "Unauthorized", absl::StatusCode::kUnauthenticated},
      {403, "Forbidden", absl::StatusCode::kPermissionDenied},
      {404, "NotFound", absl::StatusCode::kNotFound},
      {409, "AlreadyExists", absl::StatusCode::kAlreadyExists},
      {409, "Conflict", absl::StatusCode::kAborted},
      {410, "Expired", absl::StatusCode::kOutOfRange},
      {415, "UnsupportedMediaType", absl::StatusCode::kInvalidArgument},
      {422, "Invalid", absl::StatusCode::kInvalidArgument},
      {429, "TooManyRequests", absl::StatusCode::kResourceExhausted},
      {500, "InternalError", absl::StatusCode::kUnavailable},
      {503, "ServiceUnavailable", absl::StatusCode::kUnavailable},
      {504, "Timeout", absl::StatusCode::kDeadlineExceeded},
      {302, "", absl::StatusCode::kUnknown},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(ApiError(c.http, Body(c.reason, "m"), "get Job shop/x").code(), c.code) << c.http << c.reason;
  }
}

TEST(ApiErrorTest, AnotherUidInAPatchIsAPreconditionThatDoesNotHold) {
  const std::string body = R"({"reason":"Invalid","details":{"causes":[{"field":"spec.x"},{"field":"metadata.uid"}]}})";
  EXPECT_EQ(ApiError(422, body, "patch Job shop/x").code(), absl::StatusCode::kAborted);
}

TEST(ApiErrorTest, NamesTheCallAndTheServersReason) {
  const absl::Status status = ApiError(403, Body("Forbidden", "jobs is forbidden: cannot list"), "list Job shop/*");
  EXPECT_THAT(std::string(status.message()), HasSubstr("list Job shop/*: HTTP 403 Forbidden: jobs is forbidden"));
}

TEST(ApiErrorTest, SurvivesABodyThatIsNoStatusObject) {
  for (const char* body : {"", "<html>bad gateway</html>", "[1]", "{\"message\": 5, \"reason\": null}"}) {
    EXPECT_EQ(ApiError(502, body, "get Job shop/x").message(), "get Job shop/x: HTTP 502") << body;
  }
}

TEST(ApiErrorTest, NeverQuotesARefusedSecret) {
  const absl::Status status = ApiError(422, Body("Invalid", "data: Invalid value: \"hunter2\""), "create Secret a/b");
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("hunter2")));
}

TEST(ApiErrorTest, CutsALongMessage) {
  EXPECT_LT(ApiError(500, Body("", std::string(100000, 'x')), "get Job a/b").message().size(), 1200U);
}

TEST(ApiErrorTest, ReadsTheCodeOfAnErrorInAStream) {
  EXPECT_EQ(ApiErrorFromStatusObject({{"code", 410}, {"reason", "Expired"}}, "watch Job a/*").code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ApiErrorFromStatusObject({{"code", "x"}}, "watch Job a/*").code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace dba::kube
