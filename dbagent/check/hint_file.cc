// SPDX-License-Identifier: Apache-2.0
#include "dbagent/check/hint_file.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/json.h"
#include "common/status_macros.h"
#include "dbagent/check/policy_json.h"
#include "dbagent/check/yaml_json.h"

namespace dba::agent::check {
namespace {

constexpr size_t kMostHints = 1000;

std::string Title(const hints::Hint& hint) {
  std::string title = absl::StrCat(hints::Word(hint.operation), " ", hints::FormatTableName(hint.table));
  if (hint.column) return absl::StrCat(title, ".", hint.column->name);
  if (!hint.name.empty()) return absl::StrCat(title, ", ", hint.name);
  return title;
}

// A document, or an item of a List.
struct Part {
  const Json& value;
  const YamlDocument& document;
  std::string pointer;

  Part At(const char* first, const char* second, const Json& child) const {
    return {child, document, absl::StrCat(pointer, "/", first, "/", second)};
  }
};

class Reader {
 public:
  explicit Reader(const std::string& name) : name_(name) {}

  absl::Status Read(const Part& part) {
    if (part.value.is_null()) return absl::OkStatus();
    if (part.value.is_array()) {
      found_ = true;
      return ReadHints(part, "", &file_.hints);
    }
    const std::string kind = KindOf(part);
    if (kind == "DatabaseMigration") return ReadMigration(part);
    if (kind == "ManagedDatabase") return ReadDatabase(part);
    if (kind == "List") return ReadList(part);
    if (!kind.empty()) return absl::OkStatus();
    return Error(part, "is neither a list of hints nor a DatabaseMigration; a hint begins with \"- operation:\"");
  }

  absl::StatusOr<HintFile> Finish() {
    if (found_) return std::move(file_);
    return absl::InvalidArgumentError(
        absl::StrCat(name_, " holds no hints; write a list of hints, or a DatabaseMigration with spec.hints"));
  }

  absl::StatusOr<hints::Policy> Policy(const Part& part) const {
    absl::StatusOr<hints::Policy> policy = PolicyFromJson(part.value);
    if (!policy.ok()) return Error(part, policy.status().message());
    return policy;
  }

  absl::Status Error(const Part& part, absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat(name_, ":", part.document.Line(part.pointer), ": ", what));
  }

  static std::string KindOf(const Part& part) {
    const absl::StatusOr<std::string> kind = GetString(part.value, {"kind"});
    return kind.ok() ? *kind : "";
  }

 private:
  absl::Status ReadHints(const Part& part, const std::string& migration, std::vector<LocatedHint>* hints) const {
    size_t index = 0;
    for (const Json& json : part.value) {
      LocatedHint located{hints::ParseHint(json), "", name_, 1, migration};
      located.line = part.document.Line(absl::StrCat(part.pointer, "/", index++));
      if (located.hint.ok()) {
        located.title = Title(*located.hint);
        // Two migrations never share a transaction.
        if (!located.hint->transaction.empty()) located.hint->transaction.insert(0, migration + "/");
      }
      hints->push_back(std::move(located));
    }
    return absl::OkStatus();
  }

  absl::Status ReadMigration(const Part& part) {
    found_ = true;
    const absl::StatusOr<std::string> name = GetString(part.value, {"metadata", "name"});
    if (!name.ok() || name->empty()) return Error(part, "metadata.name of the DatabaseMigration must be a text");
    const absl::StatusOr<std::string> previous = GetStringOr(part.value, {"spec", "previous"}, "");
    if (!previous.ok()) return Error(part, "spec.previous must be a text; put it in quotes");
    Migration migration{*name, *previous, {}};
    const Json* hints = FindJson(part.value, {"spec", "hints"});
    if (hints != nullptr) {
      const Part list = part.At("spec", "hints", *hints);
      if (!hints->is_array()) return Error(list, "spec.hints must be a list of hints");
      DBA_RETURN_IF_ERROR(ReadHints(list, *name, &migration.hints));
    }
    file_.migrations.push_back(std::move(migration));
    return absl::OkStatus();
  }

  absl::Status ReadDatabase(const Part& part) {
    if (std::exchange(database_, true)) return Error(part, "is a second ManagedDatabase; leave one, or use --policy");
    const Json* hints = FindJson(part.value, {"spec", "hints"});
    if (hints == nullptr) return absl::OkStatus();
    DBA_ASSIGN_OR_RETURN(file_.policy, Policy(part.At("spec", "hints", *hints)));
    return absl::OkStatus();
  }

  absl::Status ReadList(const Part& part) {
    const absl::StatusOr<const Json*> items = GetArrayOrEmpty(part.value, {"items"});
    if (!items.ok()) return Error(part, "items of the List must be a list");
    size_t index = 0;
    for (const Json& item : **items) {
      const Part child{item, part.document, absl::StrCat(part.pointer, "/items/", index++)};
      // A List within a List is none of Kubernetes' kinds.
      if (item.is_object() && KindOf(child) != "List") DBA_RETURN_IF_ERROR(Read(child));
    }
    return absl::OkStatus();
  }

  const std::string name_;
  HintFile file_;
  bool found_ = false;
  bool database_ = false;
};

absl::StatusOr<std::vector<YamlDocument>> Documents(absl::string_view text, const std::string& name) {
  absl::StatusOr<std::vector<YamlDocument>> documents = ReadYaml(text);
  if (documents.ok()) return documents;
  return absl::InvalidArgumentError(absl::StrCat(name, ": ", documents.status().message()));
}

// The first migration whose `previous` is not among those still to come.
absl::StatusOr<Migration> TakeNext(std::vector<Migration>* left) {
  std::set<std::string> names;
  for (const Migration& migration : *left) names.insert(migration.name);
  const auto next = std::find_if(left->begin(), left->end(), [&](const Migration& migration) {
    return migration.previous == migration.name || names.count(migration.previous) == 0;
  });
  if (next == left->end() || next->previous == next->name) {
    const std::string& name = next == left->end() ? left->front().name : next->name;
    return absl::InvalidArgumentError(absl::StrCat("spec.previous of the migrations goes in a circle at ", name));
  }
  Migration taken = std::move(*next);
  left->erase(next);
  return taken;
}

absl::Status CheckNames(const std::vector<Migration>& migrations, const std::vector<std::string>& chosen) {
  std::set<std::string> names;
  for (const Migration& migration : migrations) {
    if (!names.insert(migration.name).second) {
      return absl::InvalidArgumentError(absl::StrCat("there are two DatabaseMigrations ", migration.name));
    }
  }
  for (const std::string& name : chosen) {
    if (names.count(name) == 0) {
      return absl::InvalidArgumentError(absl::StrCat("there is no DatabaseMigration ", name, " in the files"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<HintFile> ReadHintFile(absl::string_view text, const std::string& name) {
  DBA_ASSIGN_OR_RETURN(const std::vector<YamlDocument> documents, Documents(text, name));
  Reader reader(name);
  for (const YamlDocument& document : documents) DBA_RETURN_IF_ERROR(reader.Read({document.value, document, ""}));
  return reader.Finish();
}

absl::StatusOr<hints::Policy> ReadPolicyFile(absl::string_view text, const std::string& name) {
  DBA_ASSIGN_OR_RETURN(const std::vector<YamlDocument> documents, Documents(text, name));
  const Reader reader(name);
  std::optional<hints::Policy> policy;
  for (const YamlDocument& document : documents) {
    const Part part{document.value, document, ""};
    const std::string kind = Reader::KindOf(part);
    if (part.value.is_null() || (!kind.empty() && kind != "ManagedDatabase")) continue;
    if (policy) return reader.Error(part, "is a second policy; leave one");
    const Json* hints = kind.empty() ? &part.value : FindJson(part.value, {"spec", "hints"});
    static const auto* const kNothing = new Json(Json::object());
    const Json& value = hints == nullptr ? *kNothing : *hints;
    DBA_ASSIGN_OR_RETURN(policy, reader.Policy(kind.empty() ? part : part.At("spec", "hints", value)));
  }
  if (policy) return *std::move(policy);
  return absl::InvalidArgumentError(
      absl::StrCat(name, " holds no policy; write a ManagedDatabase, or what stands in its spec.hints"));
}

absl::StatusOr<std::vector<LocatedHint>> InOrder(std::vector<HintFile> files, const std::vector<std::string>& chosen) {
  std::vector<LocatedHint> ordered;
  std::vector<Migration> left;
  for (HintFile& file : files) {
    std::move(file.hints.begin(), file.hints.end(), std::back_inserter(ordered));
    std::move(file.migrations.begin(), file.migrations.end(), std::back_inserter(left));
  }
  DBA_RETURN_IF_ERROR(CheckNames(left, chosen));
  while (!left.empty()) {
    DBA_ASSIGN_OR_RETURN(Migration next, TakeNext(&left));
    if (!chosen.empty() && std::find(chosen.begin(), chosen.end(), next.name) == chosen.end()) continue;
    std::move(next.hints.begin(), next.hints.end(), std::back_inserter(ordered));
  }
  if (ordered.size() <= kMostHints) return ordered;
  return absl::InvalidArgumentError(absl::StrCat("there are ", ordered.size(), " hints; at most ", kMostHints,
                                                 " are checked at once: use --migration"));
}

}  // namespace dba::agent::check
