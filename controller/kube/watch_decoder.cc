// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/watch_decoder.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/json.h"
#include "common/status_macros.h"
#include "controller/kube/api_error.h"

namespace dba::kube {
namespace {

std::optional<WatchEvent::Type> TypeFrom(absl::string_view text) {
  if (text == "ADDED") return WatchEvent::Type::kAdded;
  if (text == "MODIFIED") return WatchEvent::Type::kModified;
  if (text == "DELETED") return WatchEvent::Type::kDeleted;
  if (text == "BOOKMARK") return WatchEvent::Type::kBookmark;
  return std::nullopt;
}

}  // namespace

WatchDecoder::WatchDecoder(std::string context, std::function<void(WatchEvent)> sink)
    : context_(std::move(context)), sink_(std::move(sink)) {}

absl::Status WatchDecoder::Feed(absl::string_view bytes) {
  while (broken_.ok()) {
    const size_t end = bytes.find('\n');
    const size_t length = end == absl::string_view::npos ? bytes.size() : end;
    if (rest_.size() + length > kMaxLineBytes) {
      broken_ = absl::UnavailableError(absl::StrCat(context_, ": a line is longer than ", kMaxLineBytes, " bytes"));
      break;
    }
    if (end == absl::string_view::npos) {
      rest_.append(bytes.data(), bytes.size());
      break;
    }
    if (rest_.empty()) {
      broken_ = DecodeLine(bytes.substr(0, end));
    } else {
      rest_.append(bytes.data(), end);
      broken_ = DecodeLine(rest_);
      rest_.clear();
    }
    bytes.remove_prefix(end + 1);
  }
  return broken_;
}

absl::Status WatchDecoder::DecodeLine(absl::string_view line) {
  line = absl::StripAsciiWhitespace(line);
  if (line.empty()) return absl::OkStatus();
  absl::StatusOr<Json> event = ParseJson(line);
  const absl::Status malformed = absl::UnavailableError(absl::StrCat(context_, ": a line is no watch event"));
  if (!event.ok() || !event->is_object()) return malformed;
  const auto object = event->find("object");
  if (object == event->end() || !object->is_object()) return malformed;
  const std::string type = GetStringOr(*event, {"type"}, "").value_or("");
  if (type == "ERROR") return ApiErrorFromStatusObject(*object, context_);
  const std::optional<WatchEvent::Type> known = TypeFrom(type);
  if (!known.has_value()) return malformed;
  sink_({*known, std::move(*object)});
  return absl::OkStatus();
}

}  // namespace dba::kube
