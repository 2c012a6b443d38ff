// SPDX-License-Identifier: Apache-2.0
//
// YAML as the JSON that Kubernetes would make of it, with the line of every value. Pure.
#ifndef DBA_DBAGENT_CHECK_YAML_JSON_H_
#define DBA_DBAGENT_CHECK_YAML_JSON_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/json.h"

namespace dba::agent::check {

struct YamlDocument {
  Json value;
  std::map<std::string, int> lines;  // by JSON pointer (RFC 6901), from 1; of an alias: where its anchor is

  // The line of the value at `pointer`, or of the nearest one around it.
  int Line(absl::string_view pointer) const;
};

// The documents of `text`; none when it holds none. Aliases are expanded and merge keys ("<<") applied. Plain words are
// booleans as in YAML 1.1, which kubectl follows: also yes, no, on, off, y and n.
// INVALID_ARGUMENT, with the line: not UTF-8, not YAML, a key that is no text or is there twice, an unknown tag; more
// than 1 MiB of text, 100,000 values or 8 MiB once aliases are expanded, or 64 levels.
absl::StatusOr<std::vector<YamlDocument>> ReadYaml(absl::string_view text);

}  // namespace dba::agent::check

#endif  // DBA_DBAGENT_CHECK_YAML_JSON_H_
