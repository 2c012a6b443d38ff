// SPDX-License-Identifier: Apache-2.0
//
// An API server in memory: resource versions, conflicts, generations, the status subresource, server-side apply,
// finalizers, selectors and watches, as controller/testing/kube_client_contract_test.h demands of it and of the real
// one. Hooks and FailNext let a test refuse a call, lose its reply or "crash" around it.
#ifndef DBA_CONTROLLER_TESTING_FAKE_KUBE_CLIENT_H_
#define DBA_CONTROLLER_TESTING_FAKE_KUBE_CLIENT_H_

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "common/stop_token.h"
#include "controller/kube/kube_client.h"
#include "controller/kube/resource.h"
#include "controller/testing/field_ownership.h"
#include "controller/testing/label_selector.h"
#include "nlohmann/json.hpp"

namespace dba::kube {

// Thread-safe, also while a test changes objects under running watches.
class FakeKubeClient : public KubeClient {
 public:
  // One call as the hooks see it.
  struct Call {
    std::string verb;      // "get", "list", "watch", "create", "apply", "patch", "delete"
    std::string resource;  // plural
    ObjectKey key;
    std::string subresource;
    nlohmann::json body;  // null for get, list and delete, and without KeepCalls; {"resourceVersion"} for watch
  };
  // An error returned before the call prevents it; one returned after it replaces the reply, the effect stays.
  using Hook = std::function<absl::Status(const Call&)>;

  using ObjectPtr = std::shared_ptr<const nlohmann::json>;

  FakeKubeClient() = default;

  absl::StatusOr<nlohmann::json> Get(const Resource& resource, const ObjectKey& key) override;
  absl::StatusOr<ObjectList> List(const Resource& resource, absl::string_view name_space,
                                  absl::string_view label_selector) override;
  absl::Status Watch(const Resource& resource, absl::string_view name_space, absl::string_view label_selector,
                     absl::string_view resource_version, const std::function<void(WatchEvent)>& sink,
                     const StopToken& stop) override;
  absl::StatusOr<nlohmann::json> Create(const Resource& resource, const nlohmann::json& object) override;
  absl::StatusOr<nlohmann::json> Apply(const Resource& resource, const nlohmann::json& object,
                                       absl::string_view field_manager, absl::string_view subresource) override;
  absl::StatusOr<nlohmann::json> MergePatch(const Resource& resource, const ObjectKey& key,
                                            const nlohmann::json& patch) override;
  absl::Status Delete(const Resource& resource, const ObjectKey& key, const Preconditions& preconditions) override;

  // The next call with this verb and resource (plural) fails with `status` and has no effect. Calls add up.
  void FailNext(absl::string_view verb, absl::string_view resource, absl::Status status);
  // Run without any lock held; an empty hook removes it.
  void SetBeforeCall(Hook hook);
  void SetAfterCall(Hook hook);

  // Stores `object` as it is, status included, as another client or controller would: no checks, no hooks; the server's
  // fields (uid, resourceVersion, generation, creationTimestamp) are filled in. Returns what is stored.
  nlohmann::json Put(const Resource& resource, nlohmann::json object);
  // Merges `patch` (RFC 7386) into the stored object, status included, without checks; false when there is none.
  bool Touch(const Resource& resource, const ObjectKey& key, const nlohmann::json& patch);
  // Removes an object at once, finalizers or not; false when there is none.
  bool Remove(const Resource& resource, const ObjectKey& key);
  // Reads without hooks and without a trace in calls(). Find returns null when there is none.
  nlohmann::json Find(const Resource& resource, const ObjectKey& key) const;
  std::vector<nlohmann::json> Objects(const Resource& resource) const;
  // The same without copies: what is stored now, nullptr when there is none.
  ObjectPtr View(const Resource& resource, const ObjectKey& key) const;
  std::vector<ObjectPtr> Views(const Resource& resource) const;

  // Begins with the objects of `other`, their versions and UIDs; without its history, calls, hooks and watches. For a
  // client that has not been used.
  void CopyObjects(const FakeKubeClient& other);

  // Every call so far that reached the server, oldest first.
  std::vector<Call> calls() const;
  void ClearCalls();
  // Whether calls() and Call::body are filled, as at first. Without them the fake is faster.
  void KeepCalls(bool keep) { keep_calls_ = keep; }

  // Ends every running watch with OK, as the server's timeout does.
  void EndWatches();
  // Forgets history: a watch from an older resource version gets OUT_OF_RANGE; running ones too.
  void Compact();
  // Sends a bookmark with the newest resource version to every running watch.
  void SendBookmarks();
  // Watches that run now; tests wait for it before they change objects.
  int watch_count() const;

  // The time in creationTimestamp and deletionTimestamp.
  void SetNow(absl::Time now);

 private:
  struct Stored {
    ObjectPtr object;
    FieldOwnership ownership;
  };
  using Collection = std::map<ObjectKey, Stored>;
  struct Change {
    int64_t version = 0;
    std::string collection;
    ObjectPtr before;  // nullptr when created
    ObjectPtr after;   // nullptr when removed
  };
  struct Stream {
    std::string collection;
    std::string name_space;
    LabelSelector selector;
    int64_t position = 0;
    int64_t generation = 0;  // of EndWatches
    int64_t bookmarks = 0;
  };

  Call MakeCall(const char* verb, const Resource& resource, const ObjectKey& key, absl::string_view subresource,
                const nlohmann::json& body) const;
  absl::Status Enter(const Call& call);
  absl::StatusOr<nlohmann::json> Leave(const Call& call, absl::StatusOr<nlohmann::json> reply);

  absl::StatusOr<nlohmann::json> DoCreate(const Resource& resource, nlohmann::json object, const std::string& manager);
  absl::StatusOr<nlohmann::json> DoApply(const Resource& resource, const nlohmann::json& object,
                                         const std::string& manager, absl::string_view subresource);
  absl::StatusOr<nlohmann::json> DoMergePatch(const Resource& resource, const ObjectKey& key,
                                              const nlohmann::json& patch);
  absl::Status DoDelete(const Resource& resource, const ObjectKey& key, const Preconditions& preconditions);

  Stored* FindLocked(const Resource& resource, const ObjectKey& key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Fills in a new object's uid, generation and times, stores it and tells the watches.
  nlohmann::json InsertLocked(const Resource& resource, nlohmann::json object) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Replaces a stored object unless nothing changed; removes it when its last finalizer went.
  nlohmann::json ReplaceLocked(const Resource& resource, Stored* stored, nlohmann::json after)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void EraseLocked(const Resource& resource, const ObjectKey& key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void RecordLocked(const Resource& resource, ObjectPtr before, ObjectPtr after) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // The events of one stream that are due; advances its position.
  absl::StatusOr<std::vector<WatchEvent>> DueLocked(Stream* stream) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::string NowTextLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  std::atomic<bool> keep_calls_{true};
  mutable Mutex mu_;
  CondVar changed_;
  std::map<std::string, Collection> collections_ ABSL_GUARDED_BY(mu_);
  std::deque<Change> history_ ABSL_GUARDED_BY(mu_);
  int64_t version_ ABSL_GUARDED_BY(mu_) = 100;
  int64_t oldest_version_ ABSL_GUARDED_BY(mu_) = 0;
  int64_t next_uid_ ABSL_GUARDED_BY(mu_) = 1;
  int64_t watch_generation_ ABSL_GUARDED_BY(mu_) = 0;
  int64_t bookmarks_ ABSL_GUARDED_BY(mu_) = 0;
  int watch_count_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Time now_ ABSL_GUARDED_BY(mu_) = absl::FromUnixSeconds(1767225600);  // 2026-01-01T00:00:00Z
  std::vector<Call> calls_ ABSL_GUARDED_BY(mu_);
  std::map<std::pair<std::string, std::string>, std::deque<absl::Status>> failures_ ABSL_GUARDED_BY(mu_);
  Hook before_ ABSL_GUARDED_BY(mu_);
  Hook after_ ABSL_GUARDED_BY(mu_);
};

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_TESTING_FAKE_KUBE_CLIENT_H_
