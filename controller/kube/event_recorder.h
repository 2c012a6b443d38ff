// SPDX-License-Identifier: Apache-2.0
//
// Events for people who look at an object with kubectl. Best effort: conditions hold the truth.
#ifndef DBA_CONTROLLER_KUBE_EVENT_RECORDER_H_
#define DBA_CONTROLLER_KUBE_EVENT_RECORDER_H_

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <thread>
#include <tuple>

#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/random.h"
#include "common/stop_token.h"
#include "controller/kube/kube_client.h"
#include "nlohmann/json.hpp"

namespace dba::kube {

// What an Event is about.
struct EventSubject {
  std::string api_version;
  std::string kind;
  std::string name_space;
  std::string name;
  std::string uid;
};
EventSubject SubjectOf(const nlohmann::json& object);

enum class EventType { kNormal, kWarning };

// Thread-safe; Record() never blocks and never fails. Owns one thread.
class EventRecorder {
 public:
  struct Options {
    std::string controller = "dbaoperator.dev/controller";
    std::string instance;  // this Pod's name
    absl::Duration repeat_after = absl::Minutes(10);
    size_t queue_limit = 256;
    size_t memory_limit = 4096;  // (subject, reason, note) triples
  };

  // The pointers must outlive this object.
  EventRecorder(KubeClient* client, Clock* clock, SecureRandom* random, Options options);
  // Gives up what is queued.
  ~EventRecorder();

  // Publishes an Event, unless the same reason and note were published for the subject within `repeat_after`, or the
  // queue is full. Never put a secret or a value from a database into `note`.
  //   reason  one CamelCase word, why     action  one CamelCase word, what was done
  //   note    a sentence; cut at 1,024 bytes, and reason and action at 128
  // Source: Kubernetes 1.34 API reference, "Event v1 events.k8s.io".
  void Record(const EventSubject& subject, EventType type, absl::string_view reason, absl::string_view action,
              absl::string_view note);

  // Events that were given up: queue full, or refused by the API server.
  int64_t dropped() const;

 private:
  using Fingerprint = std::tuple<std::string, std::string, std::string>;  // uid, reason, note
  struct Pending {
    Fingerprint fingerprint;
    nlohmann::json event;
  };
  void Run(const StopToken& stop);
  // Notes the triple; false when it was published a short time ago.
  bool RememberLocked(const Fingerprint& fingerprint) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  nlohmann::json Build(const EventSubject& subject, EventType type, absl::string_view reason, absl::string_view action,
                       absl::string_view note);

  KubeClient* const client_;
  Clock* const clock_;
  SecureRandom* const random_;
  const Options options_;
  mutable Mutex mu_;
  CondVar changed_;
  std::deque<Pending> queue_ ABSL_GUARDED_BY(mu_);
  std::map<Fingerprint, absl::Duration> published_ ABSL_GUARDED_BY(mu_);
  int64_t dropped_ ABSL_GUARDED_BY(mu_) = 0;
  StopSource stop_;
  std::thread thread_;
};

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_KUBE_EVENT_RECORDER_H_
