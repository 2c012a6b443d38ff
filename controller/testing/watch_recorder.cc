// SPDX-License-Identifier: Apache-2.0
#include "controller/testing/watch_recorder.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace dba::kube {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);

const char* TypeText(WatchEvent::Type type) {
  switch (type) {
    case WatchEvent::Type::kAdded:
      return "ADDED";
    case WatchEvent::Type::kModified:
      return "MODIFIED";
    case WatchEvent::Type::kDeleted:
      return "DELETED";
    case WatchEvent::Type::kBookmark:
      return "BOOKMARK";
  }
  return "";
}

}  // namespace

WatchRecorder::WatchRecorder(KubeClient* client, const Resource& resource, const std::string& name_space,
                             const std::string& label_selector, const std::string& resource_version)
    : thread_([=, token = stop_.Token()] {
        absl::Status status = client->Watch(
            resource, name_space, label_selector, resource_version,
            [this](WatchEvent event) {
              if (event.type == WatchEvent::Type::kBookmark) return;
              MutexLock lock(&mu_);
              events_.push_back(std::move(event));
              changed_.SignalAll();
            },
            token);
        MutexLock lock(&mu_);
        end_ = std::move(status);
        changed_.SignalAll();
      }) {}

WatchRecorder::~WatchRecorder() {
  stop_.RequestStop();
  if (thread_.joinable()) thread_.join();
}

bool WatchRecorder::WaitForCount(size_t count) {
  const absl::Time deadline = absl::Now() + kPatience;
  MutexLock lock(&mu_);
  while (events_.size() < count) {
    if (absl::Now() >= deadline) return false;
    changed_.WaitFor(&mu_, deadline - absl::Now());
  }
  return true;
}

std::vector<std::string> WatchRecorder::Texts() const {
  MutexLock lock(&mu_);
  std::vector<std::string> texts;
  for (const WatchEvent& event : events_) {
    texts.push_back(absl::StrCat(TypeText(event.type), " ", event.object["metadata"]["name"].get<std::string>()));
  }
  return texts;
}

WatchEvent WatchRecorder::Event(size_t index) const {
  MutexLock lock(&mu_);
  return events_.at(index);
}

absl::Status WatchRecorder::Stop() {
  stop_.RequestStop();
  return WaitForEnd();
}

absl::Status WatchRecorder::WaitForEnd() {
  const absl::Time deadline = absl::Now() + kPatience;
  MutexLock lock(&mu_);
  while (!end_.has_value()) {
    if (absl::Now() >= deadline) return absl::DeadlineExceededError("the watch did not end in 10 s");
    changed_.WaitFor(&mu_, deadline - absl::Now());
  }
  return *end_;
}

}  // namespace dba::kube
