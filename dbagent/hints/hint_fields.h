// SPDX-License-Identifier: Apache-2.0
//
// Reads the fields of one JSON object and remembers which it was asked for, so that a misspelt one is not overlooked.
// Every error is INVALID_ARGUMENT and names the field and what it may be.
#ifndef DBA_DBAGENT_HINTS_HINT_FIELDS_H_
#define DBA_DBAGENT_HINTS_HINT_FIELDS_H_

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/json.h"
#include "dbagent/db/identifier.h"

namespace dba::agent::hints {

class HintFields {
 public:
  // object  must be a JSON object and outlive this
  // prefix  of the names in errors: "column."
  HintFields(const Json& object, std::string prefix) : object_(&object), prefix_(std::move(prefix)) {}

  absl::StatusOr<std::optional<std::string>> String(const char* key);
  absl::StatusOr<std::string> Required(const char* key);
  absl::StatusOr<std::optional<bool>> Bool(const char* key);
  // A list of texts, none empty; absent: an empty list.
  absl::StatusOr<std::vector<std::string>> Strings(const char* key);
  // A required table name.
  absl::StatusOr<TableName> Table(const char* key);
  absl::StatusOr<std::optional<HintFields>> Object(const char* key);
  // Any field that was not asked for.
  absl::Status NothingElse() const;

  template <typename E, size_t n>
  absl::StatusOr<std::optional<E>> Enum(const char* key, const std::pair<const char*, E> (&words)[n]) {
    absl::StatusOr<std::optional<std::string>> text = String(key);
    if (!text.ok()) return text.status();
    if (!text->has_value()) return std::optional<E>();
    for (const auto& [word, value] : words) {
      if (**text == word) return std::optional<E>(value);
    }
    return NotOneOf(key, **text, Names(words));
  }
  template <typename E, size_t n>
  absl::Status Missing(const char* key, const std::pair<const char*, E> (&words)[n]) const {
    return NotThere(key, Names(words));
  }

 private:
  template <typename E, size_t n>
  static std::vector<std::string> Names(const std::pair<const char*, E> (&words)[n]) {
    std::vector<std::string> names;
    for (const auto& [word, value] : words) names.emplace_back(word);
    return names;
  }
  const Json* Find(const char* key);
  absl::Status NotOneOf(const char* key, const std::string& text, const std::vector<std::string>& words) const;
  absl::Status NotThere(const char* key, const std::vector<std::string>& words) const;
  absl::Status WrongType(const char* key, absl::string_view wanted) const;

  const Json* object_;
  std::string prefix_;
  std::set<std::string> seen_;
};

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_HINT_FIELDS_H_
