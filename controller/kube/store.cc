// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/store.h"

#include "common/json.h"

namespace dba::kube {

std::optional<Json> Store::Get(const ObjectKey& key) const {
  MutexLock lock(&mu_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  return ParseJson(found->second.text).value_or(Json());
}

std::vector<Json> Store::ListByNamespace(absl::string_view name_space) const {
  MutexLock lock(&mu_);
  std::vector<Json> values;
  for (auto entry = entries_.lower_bound({std::string(name_space), ""}); entry != entries_.end(); ++entry) {
    if (!name_space.empty() && entry->first.name_space != name_space) break;
    values.push_back(ParseJson(entry->second.text).value_or(Json()));
  }
  return values;
}

std::vector<ObjectKey> Store::Keys() const {
  MutexLock lock(&mu_);
  std::vector<ObjectKey> keys;
  keys.reserve(entries_.size());
  for (const auto& [key, entry] : entries_) keys.push_back(key);
  return keys;
}

std::vector<ObjectKey> Store::KeysByIndex(const std::string& word) const {
  MutexLock lock(&mu_);
  const auto found = by_word_.find(word);
  if (found == by_word_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

size_t Store::size() const {
  MutexLock lock(&mu_);
  return entries_.size();
}

bool Store::Put(const ObjectKey& key, const Json& value) {
  MutexLock lock(&mu_);
  return PutLocked(key, value);
}

bool Store::Remove(const ObjectKey& key) {
  MutexLock lock(&mu_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return false;
  UnindexLocked(key, found->second);
  entries_.erase(found);
  return true;
}

std::vector<ObjectKey> Store::Replace(const std::vector<std::pair<ObjectKey, Json>>& values) {
  MutexLock lock(&mu_);
  std::vector<ObjectKey> changed;
  std::set<ObjectKey> present;
  for (const auto& [key, value] : values) {
    present.insert(key);
    if (PutLocked(key, value)) changed.push_back(key);
  }
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (present.count(entry->first) > 0) {
      ++entry;
      continue;
    }
    UnindexLocked(entry->first, entry->second);
    changed.push_back(entry->first);
    entry = entries_.erase(entry);
  }
  return changed;
}

bool Store::PutLocked(const ObjectKey& key, const Json& value) {
  std::string text = DumpJson(value);
  Entry& entry = entries_[key];
  if (entry.text == text) return false;
  UnindexLocked(key, entry);
  entry.text = std::move(text);
  entry.words = index_ ? index_(value) : std::vector<std::string>();
  for (const std::string& word : entry.words) by_word_[word].insert(key);
  return true;
}

void Store::UnindexLocked(const ObjectKey& key, const Entry& entry) {
  for (const std::string& word : entry.words) {
    const auto keys = by_word_.find(word);
    if (keys == by_word_.end()) continue;
    keys->second.erase(key);
    if (keys->second.empty()) by_word_.erase(keys);
  }
}

}  // namespace dba::kube
