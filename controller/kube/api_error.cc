// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/api_error.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/json.h"

namespace dba::kube {
namespace {

constexpr size_t kMaxMessageBytes = 1024;

absl::StatusCode CodeFor(int http_status, absl::string_view reason) {
  switch (http_status) {
    case 400:
    case 405:
    case 413:
    case 415:
    case 422:
      return absl::StatusCode::kInvalidArgument;
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
      return absl::StatusCode::kNotFound;
    case 409:
      return reason == "AlreadyExists" ? absl::StatusCode::kAlreadyExists : absl::StatusCode::kAborted;
    case 410:
      return absl::StatusCode::kOutOfRange;
    case 429:
      return absl::StatusCode::kResourceExhausted;
    case 504:
      return absl::StatusCode::kDeadlineExceeded;
    default:
      return http_status >= 500 ? absl::StatusCode::kUnavailable : absl::StatusCode::kUnknown;
  }
}

// A merge patch with another object's metadata.uid is refused as a change of an immutable field (422), unlike one with
// another resourceVersion (409). For our callers both are preconditions that do not hold.
bool RefusesUid(const Json& status) {
  const absl::StatusOr<const Json*> causes = GetArrayOrEmpty(status, {"details", "causes"});
  if (!causes.ok()) return false;
  return std::any_of((*causes)->begin(), (*causes)->end(), [](const Json& cause) {
    return cause.is_object() && GetStringOr(cause, {"field"}, "").value_or("") == "metadata.uid";
  });
}

absl::Status Build(int http_status, const Json& status, absl::string_view context) {
  const std::string reason = GetStringOr(status, {"reason"}, "").value_or("");
  std::string message = GetStringOr(status, {"message"}, "").value_or("");
  // A refused Secret's text may quote its values.
  if (absl::StrContains(context, "Secret ") && http_status == 422) message.clear();
  if (message.size() > kMaxMessageBytes) message.resize(kMaxMessageBytes);
  std::string text = absl::StrCat(context, ": HTTP ", http_status);
  if (!reason.empty()) absl::StrAppend(&text, " ", reason);
  if (!message.empty()) absl::StrAppend(&text, ": ", message);
  if (http_status == 422 && RefusesUid(status)) return absl::AbortedError(text);
  return absl::Status(CodeFor(http_status, reason), text);
}

}  // namespace

absl::Status ApiError(int http_status, absl::string_view body, absl::string_view context) {
  const absl::StatusOr<Json> status = ParseJson(body);
  return Build(http_status, status.ok() && status->is_object() ? *status : Json::object(), context);
}

absl::Status ApiErrorFromStatusObject(const Json& status, absl::string_view context) {
  const int64_t code = GetIntOr(status, {"code"}, 500).value_or(500);
  return Build(static_cast<int>(code), status, context);
}

}  // namespace dba::kube
