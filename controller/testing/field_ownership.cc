// SPDX-License-Identifier: Apache-2.0
#include "controller/testing/field_ownership.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace dba::kube {
namespace {

using nlohmann::json;

// The key of the lists that our objects and core/v1's Pods declare as maps; any other list is replaced as a whole.
const std::map<std::string, std::string>& ListMapKeys() {
  static const auto& keys = *new std::map<std::string, std::string>{
      {"conditions", "type"},     {"containers", "name"},     {"env", "name"},
      {"initContainers", "name"}, {"ownerReferences", "uid"}, {"volumes", "name"}};
  return keys;
}

// The step to `item` in the list `field`, empty when the list is not a map.
std::string ItemStep(const std::string& field, const json& item) {
  if (field == "finalizers" && item.is_string()) {
    return absl::StrCat("[", item.get_ref<const std::string&>(), "]");
  }
  const auto key = ListMapKeys().find(field);
  if (key == ListMapKeys().end() || !item.is_object()) return "";
  const auto value = item.find(key->second);
  if (value == item.end() || !value->is_string()) return "";
  return absl::StrCat("[", value->get_ref<const std::string&>(), "]");
}

bool IsListMap(const std::string& field, const json& value) {
  return value.is_array() && (field == "finalizers" || ListMapKeys().count(field) > 0) &&
         std::all_of(value.begin(), value.end(), [&](const json& item) { return !ItemStep(field, item).empty(); });
}

void AddLeaves(const std::string& field, const json& value, FieldPath* path, FieldSet* leaves) {
  if (value.is_object() && !value.empty()) {
    for (const auto& [name, child] : value.items()) {
      path->push_back(name);
      AddLeaves(name, child, path, leaves);
      path->pop_back();
    }
  } else if (IsListMap(field, value) && !value.empty()) {
    for (const json& item : value) {
      path->push_back(ItemStep(field, item));
      AddLeaves("", item, path, leaves);
      path->pop_back();
    }
  } else {
    leaves->insert(*path);
  }
}

json* FindItem(const std::string& field, const std::string& step, json* list) {
  for (json& item : *list) {
    if (ItemStep(field, item) == step) return &item;
  }
  return nullptr;
}

void MergeInto(const std::string& field, const json& applied, json* live) {
  if (applied.is_object() && live->is_object()) {
    for (const auto& [name, child] : applied.items()) MergeInto(name, child, &(*live)[name]);
  } else if (IsListMap(field, applied) && IsListMap(field, *live)) {
    for (const json& item : applied) {
      json* same = FindItem(field, ItemStep(field, item), live);
      if (same == nullptr) {
        live->push_back(item);
      } else {
        MergeInto("", item, same);
      }
    }
  } else {
    *live = applied;
  }
}

const json* Lookup(const json& root, const FieldPath& path) {
  const json* node = &root;
  for (size_t i = 0; i < path.size(); ++i) {
    if (node->is_array()) {
      // FindItem does not change the list it looks into.
      node = FindItem(i > 0 ? path[i - 1] : "", path[i], const_cast<json*>(node));
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
  if (node->is_array()) {
    const std::string field = depth > 0 ? path[depth - 1] : "";
    for (auto item = node->begin(); item != node->end(); ++item) {
      if (ItemStep(field, *item) != path[depth]) continue;
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

bool SameAt(const json& a, const json& b, const FieldPath& path) {
  const json* left = Lookup(a, path);
  const json* right = Lookup(b, path);
  if (left == nullptr || right == nullptr) return left == right;
  return *left == *right;
}

}  // namespace

FieldSet OwnableFields(const json& object) {
  json copy = object;
  copy.erase("apiVersion");
  copy.erase("kind");
  if (copy.contains("metadata")) {
    for (const char* name : {"name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp",
                             "deletionTimestamp", "managedFields"}) {
      copy["metadata"].erase(name);
    }
    if (copy["metadata"].empty()) copy.erase("metadata");
  }
  FieldSet leaves;
  FieldPath path;
  if (!copy.empty()) AddLeaves("", copy, &path, &leaves);
  return leaves;
}

json FieldOwnership::Apply(const std::string& manager, const json& live, const json& applied) {
  const FieldSet sent = OwnableFields(applied);
  json merged = live;
  MergeInto("", applied, &merged);
  FieldSet gone;
  for (const FieldPath& path : owned_[manager]) {
    const bool shared = std::any_of(owned_.begin(), owned_.end(), [&](const auto& owner) {
      return owner.first != manager && owner.second.count(path) > 0;
    });
    if (sent.count(path) == 0 && !shared) gone.insert(path);
  }
  // A list map's item is found by its key, so a key field goes after its siblings.
  std::vector<FieldPath> order(gone.begin(), gone.end());
  std::stable_partition(order.begin(), order.end(), [](const FieldPath& path) {
    return path.size() < 2 || path[path.size() - 2].front() != '[' ||
           (path.back() != "type" && path.back() != "name" && path.back() != "uid");
  });
  for (const FieldPath& path : order) RemoveLeaf(path, 0, &merged);
  for (auto& [owner, fields] : owned_) {
    if (owner == manager) continue;
    for (auto path = fields.begin(); path != fields.end();) {
      path = SameAt(live, merged, *path) ? std::next(path) : fields.erase(path);
    }
  }
  owned_[manager] = sent;
  return merged;
}

void FieldOwnership::NoteWrite(const json& before, const json& after) {
  for (auto& [owner, fields] : owned_) {
    for (auto path = fields.begin(); path != fields.end();) {
      path = SameAt(before, after, *path) ? std::next(path) : fields.erase(path);
    }
  }
}

}  // namespace dba::kube
