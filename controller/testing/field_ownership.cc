// SPDX-License-Identifier: Apache-2.0
#include "controller/testing/field_ownership.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace dba::kube {
namespace {

using nlohmann::json;

// One step per nesting level: a field's name, or "[key]" for an item of a list map.
using FieldPath = std::vector<std::string>;

// The key of the lists that our objects and core/v1's Pods declare as maps; any other list is replaced as a whole.
const char* ListMapKey(const std::string& field) {
  if (field == "conditions") return "type";
  for (const char* list : {"containers", "env", "initContainers", "volumes"}) {
    if (field == list) return "name";
  }
  return field == "ownerReferences" ? "uid" : nullptr;
}

// What tells `item` from the others of the list `field`; nullptr when the list is not a map.
const std::string* ItemKey(const std::string& field, const json& item) {
  if (field == "finalizers" && item.is_string()) return &item.get_ref<const std::string&>();
  const char* key = ListMapKey(field);
  if (key == nullptr || !item.is_object()) return nullptr;
  const auto value = item.find(key);
  return value == item.end() || !value->is_string() ? nullptr : &value->get_ref<const std::string&>();
}

bool IsListMap(const std::string& field, const json& value) {
  return value.is_array() && (field == "finalizers" || ListMapKey(field) != nullptr) &&
         std::all_of(value.begin(), value.end(), [&](const json& item) { return ItemKey(field, item) != nullptr; });
}

// A leaf is what has one owner as a whole.
bool IsLeaf(const std::string& field, const json& value) {
  return value.empty() || !(value.is_object() || IsListMap(field, value));
}

const json* FindItem(const std::string& field, absl::string_view key, const json& list) {
  for (const json& item : list) {
    const std::string* candidate = ItemKey(field, item);
    if (candidate != nullptr && *candidate == key) return &item;
  }
  return nullptr;
}

std::string ItemStep(const std::string& field, const json& item) {
  return absl::StrCat("[", *ItemKey(field, item), "]");
}

bool IsItemStep(const std::string& step) { return !step.empty() && step.front() == '['; }

// "[key]" to key.
absl::string_view KeyOfStep(absl::string_view step) { return step.substr(1, step.size() - 2); }

// What stands in `parent`, which may be null, where `item`, one of the members of the list `field`, stands in its own.
const json* SameItem(const std::string& field, const json& item, const json* parent) {
  return parent == nullptr || !parent->is_array() ? nullptr : FindItem(field, *ItemKey(field, item), *parent);
}

const json* SameMember(const std::string& name, const json* parent) {
  if (parent == nullptr || !parent->is_object()) return nullptr;
  const auto found = parent->find(name);
  return found == parent->end() ? nullptr : &*found;
}

void MergeInto(const std::string& field, const json& applied, json* live) {
  if (applied.is_object() && live->is_object()) {
    for (const auto& [name, child] : applied.items()) MergeInto(name, child, &(*live)[name]);
  } else if (IsListMap(field, applied) && IsListMap(field, *live)) {
    for (const json& item : applied) {
      const json* same = FindItem(field, *ItemKey(field, item), *live);
      if (same == nullptr) {
        live->push_back(item);
      } else {
        MergeInto("", item, const_cast<json*>(same));
      }
    }
  } else {
    *live = applied;
  }
}

const json* Lookup(const json& root, const FieldPath& path) {
  const json* node = &root;
  for (size_t i = 0; i < path.size(); ++i) {
    if (node->is_array() && IsItemStep(path[i])) {
      node = FindItem(i > 0 ? path[i - 1] : "", KeyOfStep(path[i]), *node);
      if (node == nullptr) return nullptr;
      continue;
    }
    const auto child = node->is_object() ? node->find(path[i]) : node->end();
    if (child == node->end()) return nullptr;
    node = &*child;
  }
  return node;
}

// Removes the leaf and every parent that it leaves empty.
void RemoveLeaf(const FieldPath& path, size_t depth, json* node) {
  if (depth == path.size()) return;
  if (node->is_array() && IsItemStep(path[depth])) {
    const std::string field = depth > 0 ? path[depth - 1] : "";
    for (auto item = node->begin(); item != node->end(); ++item) {
      const std::string* key = ItemKey(field, *item);
      if (key == nullptr || *key != KeyOfStep(path[depth])) continue;
      RemoveLeaf(path, depth + 1, &*item);
      if (depth + 1 == path.size() || item->empty()) node->erase(item);
      return;
    }
    return;
  }
  const auto child = node->is_object() ? node->find(path[depth]) : node->end();
  if (child == node->end()) return;
  RemoveLeaf(path, depth + 1, &*child);
  if (depth + 1 == path.size() || (child->is_structured() && child->empty())) node->erase(child);
}

// Adds the leaves of `owned` that are no leaves of `sent`, which may be null.
void AddGone(const std::string& field, const json& owned, const json* sent, FieldPath* path,
             std::vector<FieldPath>* gone) {
  if (IsLeaf(field, owned)) {
    if (sent == nullptr || !IsLeaf(field, *sent)) gone->push_back(*path);
    return;
  }
  const auto descend = [&](std::string step, const std::string& name, const json& child, const json* same) {
    path->push_back(std::move(step));
    AddGone(name, child, same, path, gone);
    path->pop_back();
  };
  if (owned.is_object()) {
    for (const auto& [name, child] : owned.items()) descend(name, name, child, SameMember(name, sent));
  } else {
    for (const json& item : owned) descend(ItemStep(field, item), "", item, SameItem(field, item, sent));
  }
}

// Removes the leaves of `owned` where `before` and `after`, which may be null, differ. True when nothing is left.
bool Prune(const std::string& field, const json* before, const json* after, json* owned) {
  if (IsLeaf(field, *owned)) {
    return before == nullptr || after == nullptr ? before != after : *before != *after;
  }
  for (auto child = owned->begin(); child != owned->end();) {
    const bool object = owned->is_object();
    const bool empty =
        object ? Prune(child.key(), SameMember(child.key(), before), SameMember(child.key(), after), &*child)
               : Prune("", SameItem(field, *child, before), SameItem(field, *child, after), &*child);
    child = empty ? owned->erase(child) : std::next(child);
  }
  return owned->empty();
}

// What a manager can own of what it sent.
json Ownable(const json& applied) {
  json fields = applied;
  fields.erase("apiVersion");
  fields.erase("kind");
  const auto metadata = fields.find("metadata");
  if (metadata == fields.end()) return fields;
  for (const char* name : {"name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp",
                           "deletionTimestamp", "managedFields"}) {
    metadata->erase(name);
  }
  if (metadata->empty()) fields.erase(metadata);
  return fields;
}

}  // namespace

json FieldOwnership::Apply(const std::string& manager, const json& live, const json& applied) {
  auto sent = std::make_shared<const json>(Ownable(applied));
  json merged = live;
  MergeInto("", applied, &merged);
  std::vector<FieldPath> gone;
  FieldPath path;
  const auto& before = owned_[manager];
  if (before != nullptr) AddGone("", *before, sent.get(), &path, &gone);
  // A list map's item is found by its key, so a key field goes after its siblings.
  std::stable_partition(gone.begin(), gone.end(), [](const FieldPath& leaf) {
    return leaf.size() < 2 || !IsItemStep(leaf[leaf.size() - 2]) ||
           (leaf.back() != "type" && leaf.back() != "name" && leaf.back() != "uid");
  });
  for (const FieldPath& leaf : gone) {
    const bool shared = std::any_of(owned_.begin(), owned_.end(), [&](const auto& owner) {
      if (owner.first == manager) return false;
      const json* same = Lookup(*owner.second, leaf);
      return same != nullptr && IsLeaf(leaf.back(), *same);
    });
    if (!shared) RemoveLeaf(leaf, 0, &merged);
  }
  owned_[manager] = std::move(sent);
  for (auto& [owner, fields] : owned_) {
    if (owner == manager) continue;
    json kept = *fields;
    Prune("", &live, &merged, &kept);
    fields = std::make_shared<const json>(std::move(kept));
  }
  return merged;
}

void FieldOwnership::NoteWrite(const json& before, const json& after) {
  for (auto& [owner, fields] : owned_) {
    json kept = *fields;
    Prune("", &before, &after, &kept);
    fields = std::make_shared<const json>(std::move(kept));
  }
}

}  // namespace dba::kube
