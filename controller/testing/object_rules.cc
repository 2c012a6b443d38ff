// SPDX-License-Identifier: Apache-2.0
#include "controller/testing/object_rules.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"

namespace dba::kube {
namespace {

using nlohmann::json;

bool IsDnsName(absl::string_view name) {
  const auto edge = [](char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c); };
  return !name.empty() && name.size() <= 253 && edge(name.front()) && edge(name.back()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return edge(c) || c == '-' || c == '.'; });
}

absl::Status Refuse(const Resource& resource, const json& object, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(DescribeObject(resource, KeyOf(object)), ": ", why));
}

// Null for a member that is absent.
const json& Member(const json& object, const char* name) {
  static const json* const kNull = new json;
  const auto found = object.find(name);
  return found == object.end() ? *kNull : *found;
}

}  // namespace

std::string CollectionName(const Resource& resource) { return absl::StrCat(resource.plural, ".", resource.group); }

bool HasStatus(const Resource& resource) {
  return resource.plural == "jobs" || resource.plural == "pods" || absl::StrContains(resource.group, "dbaoperator.dev");
}

bool HasGeneration(const Resource& resource) { return HasStatus(resource); }

std::string MetadataString(const json& object, absl::string_view name) {
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->is_object()) return "";
  const auto value = metadata->find(std::string_view(name.data(), name.size()));
  return value != metadata->end() && value->is_string() ? value->get_ref<const std::string&>() : "";
}

ObjectKey KeyOf(const json& object) { return {MetadataString(object, "namespace"), MetadataString(object, "name")}; }

absl::Status ValidateNew(const Resource& resource, const json& object) {
  if (Member(object, "apiVersion") != ApiVersion(resource) || Member(object, "kind") != std::string(resource.kind)) {
    return Refuse(resource, object,
                  absl::StrCat("apiVersion and kind must be ", ApiVersion(resource), " ", resource.kind));
  }
  if (!IsDnsName(MetadataString(object, "name"))) return Refuse(resource, object, "metadata.name is not a DNS name");
  return absl::OkStatus();
}

absl::Status ValidateChange(const Resource& resource, const json& before, const json& after) {
  if (resource.plural == "secrets" && Member(before, "immutable") == true) {
    if (Member(before, "data") != Member(after, "data") || Member(after, "immutable") != true) {
      return Refuse(resource, before, "field is immutable when `immutable` is set");
    }
  }
  if (resource.plural == "jobs" &&
      Member(Member(before, "spec"), "template") != Member(Member(after, "spec"), "template")) {
    return Refuse(resource, before, "spec.template: field is immutable");
  }
  return absl::OkStatus();
}

void ApplyDefaults(const Resource& resource, json* object) {
  if (resource.plural != "secrets") return;
  if (!object->contains("type")) (*object)["type"] = "Opaque";
  const auto text = object->find("stringData");
  if (text == object->end()) return;
  for (const auto& [name, value] : text->items()) {
    (*object)["data"][name] = absl::Base64Escape(value.get<std::string>());
  }
  object->erase("stringData");
}

absl::Status CheckPreconditions(const Resource& resource, const json& stored, absl::string_view uid,
                                absl::string_view resource_version) {
  const auto conflict = [&](absl::string_view field, absl::string_view expected, absl::string_view found) {
    return absl::AbortedError(
        absl::StrCat(DescribeObject(resource, KeyOf(stored)), ": ", field, " is ", found, ", not ", expected));
  };
  const std::string stored_uid = MetadataString(stored, "uid");
  if (!uid.empty() && uid != stored_uid) return conflict("uid", uid, stored_uid);
  const std::string stored_version = MetadataString(stored, "resourceVersion");
  if (!resource_version.empty() && resource_version != stored_version) {
    return conflict("resourceVersion", resource_version, stored_version);
  }
  return absl::OkStatus();
}

void KeepServerFields(const json& stored, json* object) {
  json& metadata = (*object)["metadata"];
  const json& server_fields = Member(stored, "metadata");
  for (const char* name : {"name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp",
                           "deletionTimestamp", "deletionGracePeriodSeconds"}) {
    metadata.erase(name);
    const json& value = Member(server_fields, name);
    if (!value.is_null()) metadata[name] = value;
  }
}

bool SpecDiffers(const json& a, const json& b) {
  const auto is_spec = [](const std::string& name) { return name != "metadata" && name != "status"; };
  const auto covers = [&](const json& whole, const json& part) {
    for (const auto& [name, value] : part.items()) {
      if (!is_spec(name)) continue;
      const auto same = whole.find(name);
      if (same == whole.end() || *same != value) return false;
    }
    return true;
  };
  return !covers(a, b) || !covers(b, a);
}

}  // namespace dba::kube
