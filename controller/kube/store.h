// SPDX-License-Identifier: Apache-2.0
//
// What a reflector last saw of one kind. It lags behind the API server, so it says when to look, never what is true:
// whoever decides reads the object itself.
#ifndef DBA_CONTROLLER_KUBE_STORE_H_
#define DBA_CONTROLLER_KUBE_STORE_H_

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/mutex.h"
#include "controller/kube/resource.h"
#include "nlohmann/json.hpp"

namespace dba::kube {

// Values are kept as text, since a parsed tree takes several times the memory. Thread-safe.
class Store {
 public:
  // The words under which a value is found again, such as the names of the Secrets it refers to.
  using IndexFunction = std::function<std::vector<std::string>(const nlohmann::json&)>;

  explicit Store(IndexFunction index = nullptr) : index_(std::move(index)) {}

  std::optional<nlohmann::json> Get(const ObjectKey& key) const;
  // An empty namespace means all. In the order of their keys.
  std::vector<nlohmann::json> ListByNamespace(absl::string_view name_space) const;
  std::vector<ObjectKey> Keys() const;
  std::vector<ObjectKey> KeysByIndex(const std::string& word) const;
  size_t size() const;

  // Return whether anything changed.
  bool Put(const ObjectKey& key, const nlohmann::json& value);
  bool Remove(const ObjectKey& key);
  // Makes `values` all there is; returns the keys that came, changed or went.
  std::vector<ObjectKey> Replace(const std::vector<std::pair<ObjectKey, nlohmann::json>>& values);

 private:
  struct Entry {
    std::string text;
    std::vector<std::string> words;
  };
  bool PutLocked(const ObjectKey& key, const nlohmann::json& value) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void UnindexLocked(const ObjectKey& key, const Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const IndexFunction index_;
  mutable Mutex mu_;
  std::map<ObjectKey, Entry> entries_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, std::set<ObjectKey>> by_word_ ABSL_GUARDED_BY(mu_);
};

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_KUBE_STORE_H_
