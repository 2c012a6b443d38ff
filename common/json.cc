// SPDX-License-Identifier: Apache-2.0
#include "common/json.h"

#include <limits>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace dba {
namespace {

absl::Status WrongType(JsonPath path, absl::string_view wanted, const Json* value) {
  if (value == nullptr)
    return absl::InvalidArgumentError(absl::StrCat("field ", absl::StrJoin(path, "."), " is missing"));
  return absl::InvalidArgumentError(
      absl::StrCat("field ", absl::StrJoin(path, "."), " must be ", wanted, ", but is of type ", value->type_name()));
}

absl::StatusOr<std::string> AsString(JsonPath path, const Json* value) {
  if (value == nullptr || !value->is_string()) return WrongType(path, "a string", value);
  return *value->get_ptr<const std::string*>();
}

absl::StatusOr<int64_t> AsInt(JsonPath path, const Json* value) {
  constexpr uint64_t kLargest = std::numeric_limits<int64_t>::max();
  const bool fits = value != nullptr && value->is_number_integer() &&
                    (!value->is_number_unsigned() || *value->get_ptr<const uint64_t*>() <= kLargest);
  if (!fits) return WrongType(path, "a 64-bit integer", value);
  return value->get<int64_t>();
}

absl::StatusOr<bool> AsBool(JsonPath path, const Json* value) {
  if (value == nullptr || !value->is_boolean()) return WrongType(path, "true or false", value);
  return *value->get_ptr<const bool*>();
}

absl::StatusOr<const Json*> AsObject(JsonPath path, const Json* value) {
  if (value == nullptr || !value->is_object()) return WrongType(path, "an object", value);
  return value;
}

absl::StatusOr<const Json*> AsArray(JsonPath path, const Json* value) {
  if (value == nullptr || !value->is_array()) return WrongType(path, "an array", value);
  return value;
}

}  // namespace

absl::StatusOr<Json> ParseJson(absl::string_view text) {
  Json value = Json::parse(text.begin(), text.end(), nullptr,
                           /*allow_exceptions=*/false);
  if (value.is_discarded()) return absl::InvalidArgumentError(absl::StrCat("not JSON (", text.size(), " bytes)"));
  return value;
}

std::string DumpJson(const Json& value) {
  return value.dump(/*indent=*/-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

const Json* FindJson(const Json& root, JsonPath path) {
  const Json* value = &root;
  for (absl::string_view key : path) {
    if (!value->is_object()) return nullptr;
    const auto member = value->find(std::string_view(key.data(), key.size()));
    if (member == value->end()) return nullptr;
    value = &*member;
  }
  return value->is_null() ? nullptr : value;
}

absl::StatusOr<std::string> GetString(const Json& root, JsonPath path) { return AsString(path, FindJson(root, path)); }

absl::StatusOr<int64_t> GetInt(const Json& root, JsonPath path) { return AsInt(path, FindJson(root, path)); }

absl::StatusOr<bool> GetBool(const Json& root, JsonPath path) { return AsBool(path, FindJson(root, path)); }

absl::StatusOr<const Json*> GetObject(const Json& root, JsonPath path) { return AsObject(path, FindJson(root, path)); }

absl::StatusOr<const Json*> GetArray(const Json& root, JsonPath path) { return AsArray(path, FindJson(root, path)); }

absl::StatusOr<std::string> GetStringOr(const Json& root, JsonPath path, absl::string_view fallback) {
  const Json* value = FindJson(root, path);
  if (value == nullptr) return std::string(fallback);
  return AsString(path, value);
}

absl::StatusOr<int64_t> GetIntOr(const Json& root, JsonPath path, int64_t fallback) {
  const Json* value = FindJson(root, path);
  if (value == nullptr) return fallback;
  return AsInt(path, value);
}

absl::StatusOr<bool> GetBoolOr(const Json& root, JsonPath path, bool fallback) {
  const Json* value = FindJson(root, path);
  if (value == nullptr) return fallback;
  return AsBool(path, value);
}

absl::StatusOr<const Json*> GetObjectOrEmpty(const Json& root, JsonPath path) {
  static const Json* const kEmpty = new Json(Json::object());
  const Json* value = FindJson(root, path);
  return AsObject(path, value == nullptr ? kEmpty : value);
}

absl::StatusOr<const Json*> GetArrayOrEmpty(const Json& root, JsonPath path) {
  static const Json* const kEmpty = new Json(Json::array());
  const Json* value = FindJson(root, path);
  return AsArray(path, value == nullptr ? kEmpty : value);
}

}  // namespace dba
