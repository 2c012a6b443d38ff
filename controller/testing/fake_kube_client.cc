// SPDX-License-Identifier: Apache-2.0
#include "controller/testing/fake_kube_client.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status_macros.h"
#include "controller/testing/object_rules.h"

namespace dba::kube {
namespace {

using nlohmann::json;

absl::Status Missing(const Resource& resource, const ObjectKey& key) {
  return absl::NotFoundError(absl::StrCat(DescribeObject(resource, key), " not found"));
}

bool InNamespace(const json& object, const std::string& name_space) {
  return name_space.empty() || MetadataString(object, "namespace") == name_space;
}

}  // namespace

FakeKubeClient::Call FakeKubeClient::MakeCall(const char* verb, const Resource& resource, const ObjectKey& key,
                                              absl::string_view subresource, const json& body) const {
  return {verb, std::string(resource.plural), key, std::string(subresource), keep_calls_ ? body : json()};
}

absl::Status FakeKubeClient::Enter(const Call& call) {
  Hook hook;
  {
    MutexLock lock(&mu_);
    hook = before_;
  }
  if (hook) DBA_RETURN_IF_ERROR(hook(call));
  MutexLock lock(&mu_);
  const auto failures = failures_.find({call.verb, call.resource});
  if (failures != failures_.end() && !failures->second.empty()) {
    absl::Status status = std::move(failures->second.front());
    failures->second.pop_front();
    return status;
  }
  if (keep_calls_) calls_.push_back(call);
  return absl::OkStatus();
}

absl::StatusOr<json> FakeKubeClient::Leave(const Call& call, absl::StatusOr<json> reply) {
  Hook hook;
  {
    MutexLock lock(&mu_);
    hook = after_;
  }
  if (hook) DBA_RETURN_IF_ERROR(hook(call));
  return reply;
}

absl::StatusOr<json> FakeKubeClient::Get(const Resource& resource, const ObjectKey& key) {
  const Call call = MakeCall("get", resource, key, "", json());
  DBA_RETURN_IF_ERROR(Enter(call));
  json found = Find(resource, key);
  if (found.is_null()) return Leave(call, Missing(resource, key));
  return Leave(call, std::move(found));
}

absl::StatusOr<ObjectList> FakeKubeClient::List(const Resource& resource, absl::string_view name_space,
                                                absl::string_view label_selector) {
  const Call call = MakeCall("list", resource, {std::string(name_space), ""}, "", json());
  DBA_RETURN_IF_ERROR(Enter(call));
  DBA_ASSIGN_OR_RETURN(const LabelSelector selector, LabelSelector::Parse(label_selector));
  ObjectList list;
  {
    MutexLock lock(&mu_);
    for (const auto& [key, stored] : collections_[CollectionName(resource)]) {
      if (InNamespace(*stored.object, call.key.name_space) && selector.Matches(*stored.object)) {
        list.items.push_back(*stored.object);
      }
    }
    list.resource_version = absl::StrCat(version_);
  }
  DBA_RETURN_IF_ERROR(Leave(call, json()).status());
  return list;
}

absl::StatusOr<json> FakeKubeClient::Create(const Resource& resource, const json& object) {
  const Call call = MakeCall("create", resource, KeyOf(object), "", object);
  DBA_RETURN_IF_ERROR(Enter(call));
  return Leave(call, DoCreate(resource, object, ""));
}

absl::StatusOr<json> FakeKubeClient::Apply(const Resource& resource, const json& object,
                                           absl::string_view field_manager, absl::string_view subresource) {
  const Call call = MakeCall("apply", resource, KeyOf(object), subresource, object);
  DBA_RETURN_IF_ERROR(Enter(call));
  return Leave(call, DoApply(resource, object, std::string(field_manager), subresource));
}

absl::StatusOr<json> FakeKubeClient::MergePatch(const Resource& resource, const ObjectKey& key, const json& patch) {
  const Call call = MakeCall("patch", resource, key, "", patch);
  DBA_RETURN_IF_ERROR(Enter(call));
  return Leave(call, DoMergePatch(resource, key, patch));
}

absl::Status FakeKubeClient::Delete(const Resource& resource, const ObjectKey& key,
                                    const Preconditions& preconditions) {
  const Call call = MakeCall("delete", resource, key, "", json());
  DBA_RETURN_IF_ERROR(Enter(call));
  const absl::Status done = DoDelete(resource, key, preconditions);
  if (!done.ok()) return Leave(call, done).status();
  return Leave(call, json()).status();
}

absl::StatusOr<json> FakeKubeClient::DoCreate(const Resource& resource, json object, const std::string& manager) {
  DBA_RETURN_IF_ERROR(ValidateNew(resource, object));
  MutexLock lock(&mu_);
  const ObjectKey key = KeyOf(object);
  if (FindLocked(resource, key) != nullptr) {
    return absl::AlreadyExistsError(absl::StrCat(DescribeObject(resource, key), " already exists"));
  }
  if (HasStatus(resource)) object.erase("status");
  ApplyDefaults(resource, &object);
  json stored = InsertLocked(resource, object);
  if (!manager.empty()) FindLocked(resource, key)->ownership.Apply(manager, object, object);
  return stored;
}

absl::StatusOr<json> FakeKubeClient::DoApply(const Resource& resource, const json& object, const std::string& manager,
                                             absl::string_view subresource) {
  if (manager.empty()) return absl::InvalidArgumentError("apply needs a field manager");
  DBA_RETURN_IF_ERROR(ValidateNew(resource, object));
  const ObjectKey key = KeyOf(object);
  const std::string uid = MetadataString(object, "uid");
  const std::string resource_version = MetadataString(object, "resourceVersion");
  {
    MutexLock lock(&mu_);
    Stored* stored = FindLocked(resource, key);
    if (stored != nullptr) {
      DBA_RETURN_IF_ERROR(CheckPreconditions(resource, *stored->object, uid, resource_version));
      json applied;
      if (subresource == "status") {
        const auto status = object.find("status");
        applied["status"] = status == object.end() ? json::object() : *status;
      } else {
        applied = object;
        ApplyDefaults(resource, &applied);
        if (HasStatus(resource)) applied.erase("status");
      }
      FieldOwnership ownership = stored->ownership;
      json merged = ownership.Apply(absl::StrCat(manager, "/", subresource), *stored->object, applied);
      KeepServerFields(*stored->object, &merged);
      DBA_RETURN_IF_ERROR(ValidateChange(resource, *stored->object, merged));
      stored->ownership = std::move(ownership);
      return ReplaceLocked(resource, stored, std::move(merged));
    }
  }
  if (!subresource.empty()) return Missing(resource, key);
  if (!uid.empty()) {
    return absl::AbortedError(absl::StrCat(DescribeObject(resource, key), " is gone; its uid was ", uid));
  }
  return DoCreate(resource, object, absl::StrCat(manager, "/"));
}

absl::StatusOr<json> FakeKubeClient::DoMergePatch(const Resource& resource, const ObjectKey& key, const json& patch) {
  MutexLock lock(&mu_);
  Stored* stored = FindLocked(resource, key);
  if (stored == nullptr) return Missing(resource, key);
  DBA_RETURN_IF_ERROR(CheckPreconditions(resource, *stored->object, MetadataString(patch, "uid"),
                                         MetadataString(patch, "resourceVersion")));
  json after = *stored->object;
  after.merge_patch(patch);
  if (HasStatus(resource)) {
    after.erase("status");
    const auto status = stored->object->find("status");
    if (status != stored->object->end()) after["status"] = *status;
  }
  ApplyDefaults(resource, &after);
  KeepServerFields(*stored->object, &after);
  DBA_RETURN_IF_ERROR(ValidateChange(resource, *stored->object, after));
  stored->ownership.NoteWrite(*stored->object, after);
  return ReplaceLocked(resource, stored, std::move(after));
}

absl::Status FakeKubeClient::DoDelete(const Resource& resource, const ObjectKey& key,
                                      const Preconditions& preconditions) {
  MutexLock lock(&mu_);
  Stored* stored = FindLocked(resource, key);
  if (stored == nullptr) return Missing(resource, key);
  DBA_RETURN_IF_ERROR(CheckPreconditions(resource, *stored->object, preconditions.uid, preconditions.resource_version));
  const json& metadata = (*stored->object)["metadata"];
  if (!metadata.contains("finalizers") || metadata["finalizers"].empty()) {
    EraseLocked(resource, key);
  } else if (!metadata.contains("deletionTimestamp")) {
    json after = *stored->object;
    after["metadata"]["deletionTimestamp"] = NowTextLocked();
    after["metadata"]["deletionGracePeriodSeconds"] = 0;
    ReplaceLocked(resource, stored, std::move(after));
  }
  return absl::OkStatus();
}

FakeKubeClient::Stored* FakeKubeClient::FindLocked(const Resource& resource, const ObjectKey& key) {
  Collection& collection = collections_[CollectionName(resource)];
  const auto found = collection.find(key);
  return found == collection.end() ? nullptr : &found->second;
}

std::string FakeKubeClient::NowTextLocked() const {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", now_, absl::UTCTimeZone());
}

json FakeKubeClient::InsertLocked(const Resource& resource, json object) {
  json& metadata = object["metadata"];
  metadata["uid"] = absl::StrFormat("00000000-0000-4000-8000-%012d", next_uid_++);
  metadata["creationTimestamp"] = NowTextLocked();
  metadata.erase("deletionTimestamp");
  if (HasGeneration(resource)) metadata["generation"] = 1;
  metadata["resourceVersion"] = absl::StrCat(++version_);
  const auto stored = std::make_shared<const json>(object);
  collections_[CollectionName(resource)][KeyOf(object)].object = stored;
  RecordLocked(resource, nullptr, stored);
  return object;
}

json FakeKubeClient::ReplaceLocked(const Resource& resource, Stored* stored, json after) {
  const json& current = *stored->object;
  if (after == current) return after;
  json& metadata = after["metadata"];
  const bool deleting = metadata.contains("deletionTimestamp");
  if (HasGeneration(resource) &&
      (SpecDiffers(current, after) || (deleting && !current["metadata"].contains("deletionTimestamp")))) {
    metadata["generation"] = metadata.value("generation", 1) + 1;
  }
  metadata["resourceVersion"] = absl::StrCat(++version_);
  auto next = std::make_shared<const json>(after);
  ObjectPtr before = std::exchange(stored->object, next);
  if (deleting && (!metadata.contains("finalizers") || metadata["finalizers"].empty())) {
    collections_[CollectionName(resource)].erase(KeyOf(after));
    RecordLocked(resource, std::move(next), nullptr);
  } else {
    RecordLocked(resource, std::move(before), std::move(next));
  }
  return after;
}

void FakeKubeClient::EraseLocked(const Resource& resource, const ObjectKey& key) {
  json last = *FindLocked(resource, key)->object;
  last["metadata"]["resourceVersion"] = absl::StrCat(++version_);
  collections_[CollectionName(resource)].erase(key);
  RecordLocked(resource, std::make_shared<const json>(std::move(last)), nullptr);
}

json FakeKubeClient::Put(const Resource& resource, json object) {
  MutexLock lock(&mu_);
  object["apiVersion"] = ApiVersion(resource);
  object["kind"] = std::string(resource.kind);
  ApplyDefaults(resource, &object);
  Stored* stored = FindLocked(resource, KeyOf(object));
  if (stored == nullptr) return InsertLocked(resource, std::move(object));
  KeepServerFields(*stored->object, &object);
  stored->ownership.NoteWrite(*stored->object, object);
  return ReplaceLocked(resource, stored, std::move(object));
}

bool FakeKubeClient::Touch(const Resource& resource, const ObjectKey& key, const json& patch) {
  MutexLock lock(&mu_);
  Stored* stored = FindLocked(resource, key);
  if (stored == nullptr) return false;
  json after = *stored->object;
  after.merge_patch(patch);
  KeepServerFields(*stored->object, &after);
  stored->ownership.NoteWrite(*stored->object, after);
  ReplaceLocked(resource, stored, std::move(after));
  return true;
}

bool FakeKubeClient::Remove(const Resource& resource, const ObjectKey& key) {
  MutexLock lock(&mu_);
  if (FindLocked(resource, key) == nullptr) return false;
  EraseLocked(resource, key);
  return true;
}

FakeKubeClient::ObjectPtr FakeKubeClient::View(const Resource& resource, const ObjectKey& key) const {
  MutexLock lock(&mu_);
  const auto collection = collections_.find(CollectionName(resource));
  if (collection == collections_.end()) return nullptr;
  const auto found = collection->second.find(key);
  return found == collection->second.end() ? nullptr : found->second.object;
}

std::vector<FakeKubeClient::ObjectPtr> FakeKubeClient::Views(const Resource& resource) const {
  MutexLock lock(&mu_);
  std::vector<ObjectPtr> views;
  const auto collection = collections_.find(CollectionName(resource));
  if (collection == collections_.end()) return views;
  for (const auto& [key, stored] : collection->second) views.push_back(stored.object);
  return views;
}

json FakeKubeClient::Find(const Resource& resource, const ObjectKey& key) const {
  const ObjectPtr view = View(resource, key);
  return view == nullptr ? json() : *view;
}

std::vector<json> FakeKubeClient::Objects(const Resource& resource) const {
  std::vector<json> objects;
  for (const ObjectPtr& view : Views(resource)) objects.push_back(*view);
  return objects;
}

void FakeKubeClient::CopyObjects(const FakeKubeClient& other) {
  MutexLock lock(&mu_);
  MutexLock other_lock(&other.mu_);
  collections_ = other.collections_;
  version_ = other.version_;
  oldest_version_ = other.version_;
  next_uid_ = other.next_uid_;
}

void FakeKubeClient::FailNext(absl::string_view verb, absl::string_view resource, absl::Status status) {
  MutexLock lock(&mu_);
  failures_[{std::string(verb), std::string(resource)}].push_back(std::move(status));
}

void FakeKubeClient::SetBeforeCall(Hook hook) {
  MutexLock lock(&mu_);
  before_ = std::move(hook);
}

void FakeKubeClient::SetAfterCall(Hook hook) {
  MutexLock lock(&mu_);
  after_ = std::move(hook);
}

std::vector<FakeKubeClient::Call> FakeKubeClient::calls() const {
  MutexLock lock(&mu_);
  return calls_;
}

void FakeKubeClient::ClearCalls() {
  MutexLock lock(&mu_);
  calls_.clear();
}

void FakeKubeClient::SetNow(absl::Time now) {
  MutexLock lock(&mu_);
  now_ = now;
}

}  // namespace dba::kube
