// SPDX-License-Identifier: Apache-2.0
//
// Follows one kind of object: lists it, watches from there, and lists again when the API server has forgotten where the
// watch was. Network errors never end it.
#ifndef DBA_CONTROLLER_KUBE_REFLECTOR_H_
#define DBA_CONTROLLER_KUBE_REFLECTOR_H_

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "common/backoff.h"
#include "common/clock.h"
#include "common/random.h"
#include "common/stop_token.h"
#include "controller/kube/kube_client.h"
#include "controller/kube/resource.h"
#include "controller/kube/store.h"
#include "nlohmann/json.hpp"

namespace dba::kube {

// Thread-safe. Owns one thread between Start() and Stop().
class Reflector {
 public:
  struct Options {
    Resource resource;
    std::string name_space;      // empty: all
    std::string label_selector;  // as `kubectl -l`
    // What is kept of an object; absent: all of it. What it leaves out costs no memory, and a change there is no
    // change.
    std::function<nlohmann::json(const nlohmann::json&)> transform;
    Store::IndexFunction index;  // may be absent
    BackoffPolicy backoff = {absl::Milliseconds(500), absl::Seconds(30), 2};
  };
  // Told of each object that came, changed or went, on the reflector's thread, after the store has it. Must not block.
  using Handler = std::function<void(const ObjectKey&)>;

  // The pointers must outlive this object.
  Reflector(KubeClient* client, Clock* clock, SecureRandom* random, Options options, Handler handler);
  ~Reflector();

  void Start();
  // Ends the watch and joins the thread. Repeatable.
  void Stop();

  // Whether a whole list has been seen. Until then, that an object is not in the store says nothing.
  bool HasSynced() const { return synced_; }
  const Store& store() const { return store_; }

 private:
  void Run(const StopToken& stop);
  absl::Status List();
  // Watches until an error; OK when the server ended the stream.
  absl::Status Watch(const StopToken& stop);
  void OnEvent(WatchEvent event);
  // Waits longer with each failure in a row.
  void BackOff(const absl::Status& status, const StopToken& stop);

  KubeClient* const client_;
  Clock* const clock_;
  SecureRandom* const random_;
  const Options options_;
  const Handler handler_;
  Store store_;
  std::atomic<bool> synced_{false};
  StopSource stop_;
  std::thread thread_;
  // Of the reflector's thread alone.
  std::string resource_version_;
  int failures_ = 0;
};

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_KUBE_REFLECTOR_H_
