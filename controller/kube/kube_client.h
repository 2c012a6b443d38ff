// SPDX-License-Identifier: Apache-2.0
//
// The seam to the Kubernetes API server. Objects travel as JSON values, so that a field this program does not know
// survives; the typed views live in controller/api.
#ifndef DBA_CONTROLLER_KUBE_KUBE_CLIENT_H_
#define DBA_CONTROLLER_KUBE_KUBE_CLIENT_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/stop_token.h"
#include "controller/kube/resource.h"
#include "nlohmann/json.hpp"

namespace dba::kube {

struct ObjectList {
  std::vector<nlohmann::json> items;
  std::string resource_version;  // where a watch continues
};

struct WatchEvent {
  enum class Type { kAdded, kModified, kDeleted, kBookmark };
  Type type = Type::kAdded;
  nlohmann::json object;
};

// What must still be true of the object for a delete; an empty field is not checked.
struct Preconditions {
  std::string uid;
  std::string resource_version;
};

// Error codes of every method (from the API server's Status object; the message names verb, resource and object):
//   NOT_FOUND            404
//   ALREADY_EXISTS       409 with reason AlreadyExists
//   ABORTED              409 otherwise: a precondition or a resourceVersion conflicts; observe again
//   OUT_OF_RANGE         410: the resourceVersion or continue token is too old; list again
//   INVALID_ARGUMENT     400, 415, 422: the API server refuses the object
//   UNAUTHENTICATED      401 (after the token was read again once)
//   PERMISSION_DENIED    403: RBAC; the message names the missing right
//   RESOURCE_EXHAUSTED   429
//   UNAVAILABLE          no connection, or it broke, or 5xx; after a broken one a write may have had its effect
//   DEADLINE_EXCEEDED    no answer in the client's time limit; a write may have had its effect
// Thread-safe. Every method blocks.
class KubeClient {
 public:
  virtual ~KubeClient() = default;

  // A quorum read: never older than the last write that anybody was told of.
  virtual absl::StatusOr<nlohmann::json> Get(const Resource& resource, const ObjectKey& key) = 0;

  // A quorum read of all pages. `name_space` empty: all namespaces. `label_selector` as in `kubectl -l`, may be empty.
  // A list that could not be read to its end is an error, never a shorter list.
  virtual absl::StatusOr<ObjectList> List(const Resource& resource, absl::string_view name_space,
                                          absl::string_view label_selector) = 0;

  // Calls `sink` for each event after `resource_version`, on the calling thread, until the server ends the stream
  // (OK), `stop` is set (CANCELLED) or an error occurs. OUT_OF_RANGE: list again.
  virtual absl::Status Watch(const Resource& resource, absl::string_view name_space, absl::string_view label_selector,
                             absl::string_view resource_version, const std::function<void(WatchEvent)>& sink,
                             const StopToken& stop) = 0;

  // Returns the object as stored. ALREADY_EXISTS is an answer, not a success: the caller compares.
  virtual absl::StatusOr<nlohmann::json> Create(const Resource& resource, const nlohmann::json& object) = 0;

  // Server-side apply of the fields in `object` as `field_manager`, to the object or, with `subresource` "status", to
  // its status. Fields of other managers are taken over (force), so send only what is ours. An absent object is created
  // (its status: NOT_FOUND). With metadata.resourceVersion in `object` another version is ABORTED; with metadata.uid
  // another or an absent object is. The version alone does not keep an absent object from being created.
  virtual absl::StatusOr<nlohmann::json> Apply(const Resource& resource, const nlohmann::json& object,
                                               absl::string_view field_manager, absl::string_view subresource) = 0;

  // JSON merge patch (RFC 7386). metadata.uid and metadata.resourceVersion in `patch` are preconditions.
  virtual absl::StatusOr<nlohmann::json> MergePatch(const Resource& resource, const ObjectKey& key,
                                                    const nlohmann::json& patch) = 0;

  // Background propagation. NOT_FOUND when it was already gone.
  virtual absl::Status Delete(const Resource& resource, const ObjectKey& key, const Preconditions& preconditions) = 0;
};

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_KUBE_KUBE_CLIENT_H_
