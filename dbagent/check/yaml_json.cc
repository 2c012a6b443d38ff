// SPDX-License-Identifier: Apache-2.0
#include "dbagent/check/yaml_json.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <initializer_list>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status_macros.h"

namespace dba::agent::check {
namespace {

constexpr size_t kMostText = 1 << 20;
constexpr size_t kMostBytes = 8 << 20;
constexpr size_t kMostValues = 100000;
constexpr int kDeepest = 64;

absl::Status At(const YAML::Mark& mark, absl::string_view what) {
  if (mark.is_null()) return absl::InvalidArgumentError(what);
  return absl::InvalidArgumentError(absl::StrCat("line ", mark.line + 1, ": ", what));
}

bool OneOf(const std::string& text, std::initializer_list<const char*> words) {
  for (const char* word : words) {
    if (text == word) return true;
  }
  return false;
}

// YAML 1.1, types "null", "bool", "int" and "float", without octal, base 60, infinity and NaN.
Json Plain(const std::string& text) {
  if (OneOf(text, {"", "~", "null", "Null", "NULL"})) return Json();
  if (OneOf(text, {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"})) return Json(true);
  if (OneOf(text, {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"})) return Json(false);
  int64_t whole = 0;
  if (absl::SimpleAtoi(text, &whole)) return Json(whole);
  double number = 0;
  if (text.find_first_not_of("0123456789+-.eE") == std::string::npos && absl::SimpleAtod(text, &number)) {
    return Json(number);
  }
  return Json(text);
}

std::string Below(const std::string& pointer, absl::string_view key) {
  return absl::StrCat(pointer, "/", absl::StrReplaceAll(key, {{"~", "~0"}, {"/", "~1"}}));
}

class Converter {
 public:
  explicit Converter(YamlDocument* document) : document_(document) {}

  absl::StatusOr<Json> Convert(const YAML::Node& node, const std::string& pointer, int depth) {
    if (depth > kDeepest) return At(node.Mark(), "nested deeper than 64 levels");
    if (++values_ > kMostValues) return At(node.Mark(), "more than 100,000 values once aliases are expanded");
    document_->lines.emplace(pointer, node.Mark().line + 1);
    switch (node.Type()) {
      case YAML::NodeType::Map:
        return Map(node, pointer, depth);
      case YAML::NodeType::Sequence:
        return Sequence(node, pointer, depth);
      case YAML::NodeType::Scalar:
        return Scalar(node);
      default:
        return Json();
    }
  }

 private:
  absl::StatusOr<Json> Sequence(const YAML::Node& node, const std::string& pointer, int depth) {
    Json array = Json::array();
    for (const YAML::Node& item : node) {
      DBA_ASSIGN_OR_RETURN(Json value, Convert(item, absl::StrCat(pointer, "/", array.size()), depth + 1));
      array.push_back(std::move(value));
    }
    return array;
  }

  absl::StatusOr<Json> Map(const YAML::Node& node, const std::string& pointer, int depth) {
    Json object = Json::object();
    std::vector<YAML::Node> merged;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) return At(entry.first.Mark(), "a key must be a text");
      const std::string& key = entry.first.Scalar();
      if (key == "<<" && entry.first.Tag() == "?") {
        merged.push_back(entry.second);
        continue;
      }
      if (object.contains(key)) return At(entry.first.Mark(), absl::StrCat("key ", key, " is there twice"));
      DBA_RETURN_IF_ERROR(Count(entry.first));
      DBA_ASSIGN_OR_RETURN(object[key], Convert(entry.second, Below(pointer, key), depth + 1));
    }
    for (const YAML::Node& other : merged) DBA_RETURN_IF_ERROR(Merge(other, pointer, depth + 1, &object));
    return object;
  }

  // What is there already stays.
  absl::Status Merge(const YAML::Node& node, const std::string& pointer, int depth, Json* object) {
    if (node.IsSequence() && depth <= kDeepest) {
      for (const YAML::Node& item : node) DBA_RETURN_IF_ERROR(Merge(item, pointer, depth + 1, object));
      return absl::OkStatus();
    }
    if (!node.IsMap()) return At(node.Mark(), "the value of << must be a map or a list of maps");
    DBA_ASSIGN_OR_RETURN(const Json other, Convert(node, pointer, depth));
    for (const auto& item : other.items()) {
      if (!object->contains(item.key())) (*object)[item.key()] = item.value();
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Json> Scalar(const YAML::Node& node) {
    DBA_RETURN_IF_ERROR(Count(node));
    const std::string& tag = node.Tag();
    if (tag == "?" || tag.empty()) return Plain(node.Scalar());
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return Json(node.Scalar());
    if (OneOf(tag, {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool",
                    "tag:yaml.org,2002:null"})) {
      return Plain(node.Scalar());
    }
    return At(node.Mark(), absl::StrCat("there is no tag ", tag));
  }

  absl::Status Count(const YAML::Node& scalar) {
    bytes_ += scalar.Scalar().size();
    if (bytes_ <= kMostBytes) return absl::OkStatus();
    return At(scalar.Mark(), "more than 8 MiB once aliases are expanded");
  }

  YamlDocument* const document_;
  size_t values_ = 0;
  size_t bytes_ = 0;
};

absl::StatusOr<std::vector<YamlDocument>> Documents(const std::string& text) {
  std::vector<YamlDocument> documents;
  for (const YAML::Node& node : YAML::LoadAll(text)) {
    YamlDocument document;
    DBA_ASSIGN_OR_RETURN(document.value, Converter(&document).Convert(node, "", 0));
    documents.push_back(std::move(document));
  }
  return documents;
}

// DumpJson writes U+FFFD for what is not UTF-8.
bool IsText(const std::string& text) {
  if (text.find('\0') != std::string::npos) return false;
  const absl::StatusOr<Json> again = ParseJson(DumpJson(Json(text)));
  return again.ok() && *again == Json(text);
}

}  // namespace

int YamlDocument::Line(absl::string_view pointer) const {
  while (true) {
    const auto found = lines.find(std::string(pointer));
    if (found != lines.end()) return found->second;
    if (pointer.empty()) return 1;
    pointer = pointer.substr(0, pointer.rfind('/'));
  }
}

absl::StatusOr<std::vector<YamlDocument>> ReadYaml(absl::string_view text) {
  if (text.size() > kMostText) return absl::InvalidArgumentError("longer than 1 MiB");
  const std::string copy(text);
  if (!IsText(copy)) return absl::InvalidArgumentError("not text in UTF-8");
  try {
    return Documents(copy);
  } catch (const YAML::DeepRecursion& error) {
    return At(error.mark, "nested too deeply");
  } catch (const YAML::Exception& error) {
    return At(error.mark, absl::StrCat("not YAML: ", error.msg));
  }
}

}  // namespace dba::agent::check
