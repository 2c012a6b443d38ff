// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/event_recorder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/json.h"
#include "common/log.h"

namespace dba::kube {
namespace {

constexpr size_t kMaxNoteBytes = 1024;
constexpr size_t kMaxWordBytes = 128;
constexpr size_t kMaxNamePrefixBytes = 200;  // of 253, with a dot and 16 digits to follow

std::string Text(const Json& object, JsonPath path) { return GetStringOr(object, path, "").value_or(""); }

// At most `limit` bytes, not ending inside a UTF-8 character.
std::string Cut(absl::string_view text, size_t limit) {
  if (text.size() <= limit) return std::string(text);
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  return std::string(text.substr(0, limit));
}

}  // namespace

EventSubject SubjectOf(const Json& object) {
  return {Text(object, {"apiVersion"}), Text(object, {"kind"}), Text(object, {"metadata", "namespace"}),
          Text(object, {"metadata", "name"}), Text(object, {"metadata", "uid"})};
}

EventRecorder::EventRecorder(KubeClient* client, Clock* clock, SecureRandom* random, Options options)
    : client_(client),
      clock_(clock),
      random_(random),
      options_(std::move(options)),
      thread_([this, stop = stop_.Token()] { Run(stop); }) {}

EventRecorder::~EventRecorder() {
  stop_.RequestStop();
  {
    MutexLock lock(&mu_);
    changed_.SignalAll();
  }
  thread_.join();
}

void EventRecorder::Record(const EventSubject& subject, EventType type, absl::string_view reason,
                           absl::string_view action, absl::string_view note) {
  Fingerprint fingerprint{subject.uid, std::string(reason), std::string(note)};
  Json event = Build(subject, type, reason, action, note);
  MutexLock lock(&mu_);
  if (queue_.size() >= options_.queue_limit) {
    ++dropped_;
    return;
  }
  if (!RememberLocked(fingerprint)) return;
  queue_.push_back({std::move(fingerprint), std::move(event)});
  changed_.SignalAll();
}

bool EventRecorder::RememberLocked(const Fingerprint& fingerprint) {
  const absl::Duration now = clock_->Monotonic();
  const auto known = published_.find(fingerprint);
  if (known != published_.end() && now - known->second < options_.repeat_after) return false;
  if (known == published_.end() && published_.size() >= options_.memory_limit) {
    const auto oldest = std::min_element(published_.begin(), published_.end(),
                                         [](const auto& a, const auto& b) { return a.second < b.second; });
    published_.erase(oldest);
  }
  published_[fingerprint] = now;
  return true;
}

Json EventRecorder::Build(const EventSubject& subject, EventType type, absl::string_view reason,
                          absl::string_view action, absl::string_view note) {
  const std::string name_space = subject.name_space.empty() ? "default" : subject.name_space;
  const std::string name = absl::StrCat(Cut(subject.name, kMaxNamePrefixBytes), ".", RandomHex(*random_, 8));
  return {
      {"apiVersion", "events.k8s.io/v1"},
      {"kind", "Event"},
      {"metadata", {{"name", name}, {"namespace", name_space}}},
      {"eventTime", absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", clock_->Now(), absl::UTCTimeZone())},
      {"type", type == EventType::kNormal ? "Normal" : "Warning"},
      {"reason", Cut(reason, kMaxWordBytes)},
      {"action", Cut(action, kMaxWordBytes)},
      {"note", Cut(note, kMaxNoteBytes)},
      {"reportingController", options_.controller},
      {"reportingInstance", Cut(options_.instance.empty() ? options_.controller : options_.instance, kMaxWordBytes)},
      {"regarding",
       {{"apiVersion", subject.api_version},
        {"kind", subject.kind},
        {"namespace", subject.name_space},
        {"name", subject.name},
        {"uid", subject.uid}}}};
}

int64_t EventRecorder::dropped() const {
  MutexLock lock(&mu_);
  return dropped_;
}

void EventRecorder::Run(const StopToken& stop) {
  MutexLock lock(&mu_);
  while (!stop.StopRequested()) {
    if (queue_.empty()) {
      changed_.Wait(&mu_);
      continue;
    }
    const Pending pending = std::move(queue_.front());
    queue_.pop_front();
    mu_.Unlock();
    const absl::Status created = client_->Create(kEvents, pending.event).status();
    if (!created.ok()) LogWarning("event not published", {{"error", created}});
    mu_.Lock();
    if (!created.ok()) {
      ++dropped_;
      published_.erase(pending.fingerprint);  // the next occurrence may be told
    }
  }
}

}  // namespace dba::kube
