// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_TESTING_WATCH_RECORDER_H_
#define DBA_CONTROLLER_TESTING_WATCH_RECORDER_H_

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "common/mutex.h"
#include "common/stop_token.h"
#include "controller/kube/kube_client.h"
#include "controller/kube/resource.h"

namespace dba::kube {

// Runs one Watch on its own thread and keeps its events, bookmarks left out. Thread-safe.
class WatchRecorder {
 public:
  WatchRecorder(KubeClient* client, const Resource& resource, const std::string& name_space,
                const std::string& label_selector, const std::string& resource_version);
  ~WatchRecorder();

  // Waits at most 10 s for `count` events; false when they did not come.
  bool WaitForCount(size_t count);
  // "ADDED name" and so on, in order.
  std::vector<std::string> Texts() const;
  WatchEvent Event(size_t index) const;

  // Asks the watch to stop and returns its status.
  absl::Status Stop();
  // Waits at most 10 s for the watch to end by itself; DEADLINE_EXCEEDED when it does not.
  absl::Status WaitForEnd();

 private:
  mutable Mutex mu_;
  CondVar changed_;
  std::vector<WatchEvent> events_ ABSL_GUARDED_BY(mu_);
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mu_);
  StopSource stop_;
  std::thread thread_;
};

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_TESTING_WATCH_RECORDER_H_
