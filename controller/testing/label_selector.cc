// SPDX-License-Identifier: Apache-2.0
#include "controller/testing/label_selector.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status_macros.h"

namespace dba::kube {
namespace {

// Splits at the commas that are outside parentheses.
std::vector<absl::string_view> SplitRequirements(absl::string_view text) {
  std::vector<absl::string_view> parts;
  size_t begin = 0;
  int depth = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ',';
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == ',' && (depth == 0 || i == text.size())) {
      parts.push_back(absl::StripAsciiWhitespace(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  return parts;
}

bool IsLabelKey(absl::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.' || c == '/';
  });
}

}  // namespace

absl::StatusOr<LabelSelector> LabelSelector::Parse(absl::string_view text) {
  LabelSelector selector;
  if (absl::StripAsciiWhitespace(text).empty()) return selector;
  for (const absl::string_view part : SplitRequirements(text)) {
    DBA_ASSIGN_OR_RETURN(Requirement requirement, ParseRequirement(part));
    selector.requirements_.push_back(std::move(requirement));
  }
  return selector;
}

absl::StatusOr<LabelSelector::Requirement> LabelSelector::ParseRequirement(absl::string_view text) {
  Requirement requirement;
  absl::string_view key = text;
  const size_t equal = text.find('=');
  const size_t open = text.find('(');
  if (equal != absl::string_view::npos) {
    key = text.substr(0, equal);
    absl::string_view value = text.substr(equal + 1);
    if (!key.empty() && key.back() == '!') {
      requirement.wanted = false;
      key.remove_suffix(1);
    } else if (!value.empty() && value.front() == '=') {
      value.remove_prefix(1);
    }
    requirement.values.emplace_back(absl::StripAsciiWhitespace(value));
  } else if (open != absl::string_view::npos && text.back() == ')') {
    const std::vector<absl::string_view> words = absl::StrSplit(text.substr(0, open), ' ', absl::SkipEmpty());
    if (words.size() != 2 || (words[1] != "in" && words[1] != "notin")) {
      return absl::InvalidArgumentError(absl::StrCat("cannot read the label selector \"", text, "\""));
    }
    key = words[0];
    requirement.wanted = words[1] == "in";
    const absl::string_view list = text.substr(open + 1, text.size() - open - 2);
    for (const absl::string_view value : absl::StrSplit(list, ',')) {
      requirement.values.emplace_back(absl::StripAsciiWhitespace(value));
    }
  } else {
    requirement.any_value = true;
    if (!key.empty() && key.front() == '!') {
      requirement.wanted = false;
      key.remove_prefix(1);
    }
  }
  requirement.key = std::string(absl::StripAsciiWhitespace(key));
  if (!IsLabelKey(requirement.key)) {
    return absl::InvalidArgumentError(absl::StrCat("cannot read the label selector \"", text, "\""));
  }
  return requirement;
}

bool LabelSelector::Matches(const nlohmann::json& object) const {
  const nlohmann::json none = nlohmann::json::object();
  const nlohmann::json* labels = &none;
  const auto metadata = object.find("metadata");
  if (metadata != object.end()) {
    const auto found = metadata->find("labels");
    if (found != metadata->end() && found->is_object()) labels = &*found;
  }
  return std::all_of(requirements_.begin(), requirements_.end(), [&](const Requirement& r) {
    const auto label = labels->find(r.key);
    const bool met = label != labels->end() && label->is_string() &&
                     (r.any_value || std::find(r.values.begin(), r.values.end(),
                                               label->get_ref<const std::string&>()) != r.values.end());
    return met == r.wanted;
  });
}

}  // namespace dba::kube
