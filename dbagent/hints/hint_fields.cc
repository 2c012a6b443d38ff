// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/hint_fields.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status_macros.h"
#include "dbagent/hints/hint.h"

namespace dba::agent::hints {
namespace {

// Longer texts are cut in errors: they come from a user's file.
constexpr size_t kShownBytes = 40;

std::string Shown(const std::string& text) {
  return text.size() <= kShownBytes ? text : absl::StrCat(text.substr(0, kShownBytes), "…");
}

}  // namespace

const Json* HintFields::Find(const char* key) {
  seen_.insert(key);
  const auto found = object_->find(key);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

absl::Status HintFields::WrongType(const char* key, absl::string_view wanted) const {
  return absl::InvalidArgumentError(absl::StrCat(prefix_, key, " must be ", wanted));
}

absl::StatusOr<std::optional<std::string>> HintFields::String(const char* key) {
  const Json* value = Find(key);
  if (value == nullptr) return std::optional<std::string>();
  if (!value->is_string()) return WrongType(key, "a text; put it in quotes");
  std::string text = value->get_ref<const std::string&>();
  if (text.find('\0') != std::string::npos) return WrongType(key, "a text without NUL bytes");
  return std::optional<std::string>(std::move(text));
}

absl::StatusOr<std::string> HintFields::Required(const char* key) {
  DBA_ASSIGN_OR_RETURN(std::optional<std::string> text, String(key));
  if (!text || text->empty()) return NotThere(key, {});
  return *std::move(text);
}

absl::StatusOr<std::optional<bool>> HintFields::Bool(const char* key) {
  const Json* value = Find(key);
  if (value == nullptr) return std::optional<bool>();
  if (!value->is_boolean()) return WrongType(key, "true or false");
  return std::optional<bool>(*value->get_ptr<const Json::boolean_t*>());
}

absl::StatusOr<std::vector<std::string>> HintFields::Strings(const char* key) {
  std::vector<std::string> texts;
  const Json* value = Find(key);
  if (value == nullptr) return texts;
  if (!value->is_array()) return WrongType(key, "a list of texts");
  for (const Json& item : *value) {
    if (!item.is_string() || item.get_ref<const std::string&>().empty()) return WrongType(key, "a list of texts");
    texts.push_back(item.get_ref<const std::string&>());
  }
  return texts;
}

absl::StatusOr<TableName> HintFields::Table(const char* key) {
  DBA_ASSIGN_OR_RETURN(const std::string text, Required(key));
  return ReadTableName(text);
}

absl::StatusOr<std::optional<HintFields>> HintFields::Object(const char* key) {
  const Json* value = Find(key);
  if (value == nullptr) return std::optional<HintFields>();
  if (!value->is_object()) return WrongType(key, "an object");
  return std::optional<HintFields>(HintFields(*value, absl::StrCat(prefix_, key, ".")));
}

absl::Status HintFields::NothingElse() const {
  for (const auto& item : object_->items()) {
    if (seen_.count(item.key()) != 0) continue;
    return absl::InvalidArgumentError(absl::StrCat("there is no field ", prefix_, Shown(item.key()),
                                                   "; the fields are ", absl::StrJoin(seen_, ", ")));
  }
  return absl::OkStatus();
}

absl::Status HintFields::NotOneOf(const char* key, const std::string& text,
                                  const std::vector<std::string>& words) const {
  return absl::InvalidArgumentError(
      absl::StrCat(prefix_, key, " is \"", Shown(text), "\"; it may be ", absl::StrJoin(words, ", ")));
}

absl::Status HintFields::NotThere(const char* key, const std::vector<std::string>& words) const {
  const std::string choice = words.empty() ? "" : absl::StrCat("; it may be ", absl::StrJoin(words, ", "));
  return absl::InvalidArgumentError(absl::StrCat(prefix_, key, " is missing", choice));
}

}  // namespace dba::agent::hints
