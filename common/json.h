// SPDX-License-Identifier: Apache-2.0
//
// nlohmann::json throws on wrong types, on null and on invalid UTF-8; these
// functions return a Status instead. Nothing else in the project calls its
// throwing members. All are thread-safe.
#ifndef DBA_COMMON_JSON_H_
#define DBA_COMMON_JSON_H_

#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace dba {

using Json = nlohmann::json;

// The keys from the root to a field: {"metadata", "labels",
// "app.kubernetes.io/name"}.
using JsonPath = std::initializer_list<absl::string_view>;

// INVALID_ARGUMENT: not JSON, or more than one value. The message tells the
// length of the text, never its content.
absl::StatusOr<Json> ParseJson(absl::string_view text);

// One line of JSON. Bytes that are not UTF-8 become U+FFFD.
std::string DumpJson(const Json& value);

// The field at `path`, or null when it, or an object on the way, is absent or
// JSON's null. The pointer lives as long as `root` stays unchanged.
const Json* FindJson(const Json& root, JsonPath path);

// The value at `path`. INVALID_ARGUMENT, naming the path: absent, null, or of
// another type. An integer with a fraction or outside int64 is of another type.
absl::StatusOr<std::string> GetString(const Json& root, JsonPath path);
absl::StatusOr<int64_t> GetInt(const Json& root, JsonPath path);
absl::StatusOr<bool> GetBool(const Json& root, JsonPath path);
absl::StatusOr<const Json*> GetObject(const Json& root, JsonPath path);
absl::StatusOr<const Json*> GetArray(const Json& root, JsonPath path);

// As above, but `fallback` when the field is absent or null; for an object or
// array an empty one. A wrong type stays an error.
absl::StatusOr<std::string> GetStringOr(const Json& root, JsonPath path, absl::string_view fallback);
absl::StatusOr<int64_t> GetIntOr(const Json& root, JsonPath path, int64_t fallback);
absl::StatusOr<bool> GetBoolOr(const Json& root, JsonPath path, bool fallback);
absl::StatusOr<const Json*> GetObjectOrEmpty(const Json& root, JsonPath path);
absl::StatusOr<const Json*> GetArrayOrEmpty(const Json& root, JsonPath path);

}  // namespace dba

#endif  // DBA_COMMON_JSON_H_
