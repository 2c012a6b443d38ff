// SPDX-License-Identifier: Apache-2.0
#include "controller/runtime/controller.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log.h"

namespace dba {

using kube::ObjectKey;

Controller::Controller(Clock* clock, SecureRandom* random, Options options, ReconcileFunction reconcile)
    : clock_(clock),
      random_(random),
      options_(std::move(options)),
      reconcile_(std::move(reconcile)),
      queue_(clock, random, options_.backoff, options_.queue_observer) {}

Controller::~Controller() { Stop(); }

void Controller::Start() {
  for (int i = 0; i < options_.workers; ++i) {
    threads_.emplace_back([this, stop = stop_.Token()] { Work(stop); });
  }
  if (options_.resync_keys) {
    threads_.emplace_back([this, stop = stop_.Token()] { Resync(stop); });
  }
}

void Controller::Stop() {
  stop_.RequestStop();
  queue_.ShutDown();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Controller::Work(const StopToken& stop) {
  while (const std::optional<ObjectKey> key = queue_.Get()) {
    const absl::Duration began = clock_->Monotonic();
    const ReconcileResult result = ReconcileOnce(*key, stop);
    if (options_.observer) {
      const absl::string_view outcome = !result.status.ok()                ? "error"
                                        : result.requeue_after.has_value() ? "requeue_after"
                                                                           : "success";
      options_.observer(outcome, clock_->Monotonic() - began);
    }
    Schedule(*key, result);
    queue_.Done(*key);
  }
}

ReconcileResult Controller::ReconcileOnce(const ObjectKey& key, const StopToken& stop) {
  // Nothing of ours throws; this keeps what a library might throw from ending the process.
  try {
    return reconcile_(key, stop);
  } catch (const std::exception& e) {
    LogError("reconcile threw", {{"controller", options_.name}, {"what", e.what()}});
    return {absl::InternalError(absl::StrCat("exception: ", e.what())), std::nullopt};
  }
}

void Controller::Schedule(const ObjectKey& key, const ReconcileResult& result) {
  if (!result.status.ok()) {
    LogWarning(
        "reconcile failed",
        {{"controller", options_.name}, {"namespace", key.name_space}, {"name", key.name}, {"error", result.status}});
  } else {
    queue_.Forget(key);
  }
  if (result.requeue_after.has_value()) {
    queue_.AddAfter(key, *result.requeue_after);
  } else if (!result.status.ok()) {
    queue_.AddRateLimited(key);
  }
}

void Controller::Resync(const StopToken& stop) {
  while (clock_->WaitFor(options_.resync_period, stop)) {
    for (const ObjectKey& key : options_.resync_keys()) {
      queue_.AddAfter(key, options_.resync_period * Jitter(*random_), WorkQueue::Priority::kResync);
    }
  }
}

}  // namespace dba
