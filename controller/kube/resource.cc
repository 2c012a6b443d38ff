// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/resource.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace dba::kube {
namespace {

bool IsUnreserved(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string PercentEncode(absl::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (IsUnreserved(c)) {
      encoded.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded.push_back('%');
    encoded.push_back(kHex[byte >> 4]);
    encoded.push_back(kHex[byte & 15]);
  }
  return encoded;
}

std::string ResourcePath(const Resource& resource, const ObjectKey& key) {
  std::string path = resource.group.empty()
                         ? absl::StrCat("/api/", resource.version)
                         : absl::StrCat("/apis/", PercentEncode(resource.group), "/", resource.version);
  if (!key.name_space.empty()) {
    absl::StrAppend(&path, "/namespaces/", PercentEncode(key.name_space));
  }
  absl::StrAppend(&path, "/", PercentEncode(resource.plural));
  if (!key.name.empty()) absl::StrAppend(&path, "/", PercentEncode(key.name));
  return path;
}

std::string ApiVersion(const Resource& resource) {
  return resource.group.empty() ? std::string(resource.version) : absl::StrCat(resource.group, "/", resource.version);
}

std::string DescribeObject(const Resource& resource, const ObjectKey& key) {
  std::string text = absl::StrCat(resource.kind, " ");
  if (!key.name_space.empty()) absl::StrAppend(&text, key.name_space, "/");
  absl::StrAppend(&text, key.name.empty() ? "*" : key.name);
  return text;
}

}  // namespace dba::kube
