// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/object_text.h"

#include "absl/strings/escaping.h"

namespace dba::simulation {
namespace {

using nlohmann::json;

std::string MetadataText(const json& object, const char* map, absl::string_view key) {
  const auto metadata = object.find("metadata");
  if (metadata == object.end()) return "";
  const auto entries = metadata->find(map);
  if (entries == metadata->end()) return "";
  const auto value = entries->find(std::string(key));
  return value != entries->end() && value->is_string() ? value->get<std::string>() : "";
}

}  // namespace

std::string SecretText(const json& secret, const char* key) {
  const auto data = secret.find("data");
  if (data == secret.end() || !data->contains(key)) return "";
  std::string text;
  return absl::Base64Unescape((*data)[key].get<std::string>(), &text) ? text : "";
}

std::string LabelOf(const json& object, absl::string_view key) { return MetadataText(object, "labels", key); }

std::string AnnotationOf(const json& object, absl::string_view key) { return MetadataText(object, "annotations", key); }

}  // namespace dba::simulation
