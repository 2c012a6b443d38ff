// SPDX-License-Identifier: Apache-2.0
//
// The watching half of FakeKubeClient: history, streams and what ends them.
#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "controller/testing/fake_kube_client.h"
#include "controller/testing/object_rules.h"

namespace dba::kube {
namespace {

absl::Status TooOld() { return absl::OutOfRangeError("too old resource version: list again"); }

}  // namespace

void FakeKubeClient::RecordLocked(const Resource& resource, ObjectPtr before, ObjectPtr after) {
  history_.push_back({version_, CollectionName(resource), std::move(before), std::move(after)});
  changed_.SignalAll();
}

absl::StatusOr<std::vector<WatchEvent>> FakeKubeClient::DueLocked(Stream* stream) {
  if (stream->position < oldest_version_) return TooOld();
  std::vector<WatchEvent> due;
  auto next = std::upper_bound(history_.begin(), history_.end(), stream->position,
                               [](int64_t position, const Change& change) { return position < change.version; });
  for (; next != history_.end(); ++next) {
    const Change& change = *next;
    if (change.collection != stream->collection) continue;
    const auto selects = [&](const ObjectPtr& object) {
      return object != nullptr &&
             (stream->name_space.empty() || MetadataString(*object, "namespace") == stream->name_space) &&
             stream->selector.Matches(*object);
    };
    const bool was = selects(change.before);
    const bool is = selects(change.after);
    if (was && is) {
      due.push_back({WatchEvent::Type::kModified, *change.after});
    } else if (is) {
      due.push_back({WatchEvent::Type::kAdded, *change.after});
    } else if (was) {
      due.push_back({WatchEvent::Type::kDeleted, *change.before});
    }
  }
  stream->position = version_;
  if (stream->bookmarks != bookmarks_) {
    stream->bookmarks = bookmarks_;
    due.push_back({WatchEvent::Type::kBookmark, {{"metadata", {{"resourceVersion", absl::StrCat(version_)}}}}});
  }
  return due;
}

absl::Status FakeKubeClient::Watch(const Resource& resource, absl::string_view name_space,
                                   absl::string_view label_selector, absl::string_view resource_version,
                                   const std::function<void(WatchEvent)>& sink, const StopToken& stop) {
  const Call call = MakeCall("watch", resource, {std::string(name_space), ""}, "",
                             {{"resourceVersion", std::string(resource_version)}});
  DBA_RETURN_IF_ERROR(Enter(call));
  Stream stream;
  stream.collection = CollectionName(resource);
  stream.name_space = call.key.name_space;
  DBA_ASSIGN_OR_RETURN(stream.selector, LabelSelector::Parse(label_selector));
  if (!absl::SimpleAtoi(resource_version, &stream.position)) {
    return absl::InvalidArgumentError(absl::StrCat("invalid resource version \"", resource_version, "\""));
  }
  const StopCallback wake(stop, [this] {
    MutexLock lock(&mu_);
    changed_.SignalAll();
  });
  MutexLock lock(&mu_);
  stream.generation = watch_generation_;
  stream.bookmarks = bookmarks_;
  ++watch_count_;
  absl::Status result;
  while (true) {
    absl::StatusOr<std::vector<WatchEvent>> due = DueLocked(&stream);
    result = due.status();
    if (stop.StopRequested()) result = absl::CancelledError("watch stopped");
    if (!result.ok()) break;
    if (!due->empty()) {
      mu_.Unlock();
      for (WatchEvent& event : *due) sink(std::move(event));
      mu_.Lock();
      continue;
    }
    if (stream.generation != watch_generation_) break;
    changed_.Wait(&mu_);
  }
  --watch_count_;
  return result;
}

void FakeKubeClient::EndWatches() {
  MutexLock lock(&mu_);
  ++watch_generation_;
  changed_.SignalAll();
}

void FakeKubeClient::Compact() {
  MutexLock lock(&mu_);
  history_.clear();
  oldest_version_ = ++version_;
  changed_.SignalAll();
}

void FakeKubeClient::SendBookmarks() {
  MutexLock lock(&mu_);
  ++bookmarks_;
  changed_.SignalAll();
}

int FakeKubeClient::watch_count() const {
  MutexLock lock(&mu_);
  return watch_count_;
}

}  // namespace dba::kube
