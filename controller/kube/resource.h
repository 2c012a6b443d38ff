// SPDX-License-Identifier: Apache-2.0
//
// Which kinds of object the controller talks about, and how they are named in the API server's paths.
#ifndef DBA_CONTROLLER_KUBE_RESOURCE_H_
#define DBA_CONTROLLER_KUBE_RESOURCE_H_

#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace dba::kube {

struct Resource {
  absl::string_view group;  // empty for core
  absl::string_view version;
  absl::string_view plural;
  absl::string_view kind;
};

inline constexpr Resource kManagedDatabases{"dbaoperator.dev", "v1alpha1", "manageddatabases", "ManagedDatabase"};
inline constexpr Resource kDatabaseMigrations{"dbaoperator.dev", "v1alpha1", "databasemigrations", "DatabaseMigration"};
inline constexpr Resource kJobs{"batch", "v1", "jobs", "Job"};
inline constexpr Resource kPods{"", "v1", "pods", "Pod"};
inline constexpr Resource kSecrets{"", "v1", "secrets", "Secret"};
inline constexpr Resource kEvents{"events.k8s.io", "v1", "events", "Event"};
inline constexpr Resource kNamespaces{"", "v1", "namespaces", "Namespace"};
inline constexpr Resource kLeases{"coordination.k8s.io", "v1", "leases", "Lease"};

struct ObjectKey {
  std::string name_space;
  std::string name;
};

inline bool operator==(const ObjectKey& a, const ObjectKey& b) {
  return a.name_space == b.name_space && a.name == b.name;
}
inline bool operator<(const ObjectKey& a, const ObjectKey& b) {
  return a.name_space != b.name_space ? a.name_space < b.name_space : a.name < b.name;
}
template <typename H>
H AbslHashValue(H h, const ObjectKey& key) {
  return H::combine(std::move(h), key.name_space, key.name);
}

// "/apis/batch/v1/namespaces/shop/jobs/x"; with an empty name the collection, with an empty namespace the cluster's.
// Path segments are percent-encoded.
std::string ResourcePath(const Resource& resource, const ObjectKey& key);

// Everything but RFC 3986's unreserved characters becomes %XX: for one segment of a path or one value of a query.
std::string PercentEncode(absl::string_view text);

// "batch/v1", "v1": an object's `apiVersion`.
std::string ApiVersion(const Resource& resource);

// "Job shop/x" for messages; "Job shop/*" for a collection.
std::string DescribeObject(const Resource& resource, const ObjectKey& key);

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_KUBE_RESOURCE_H_
