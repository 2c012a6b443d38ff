// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/reflector.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/json.h"
#include "common/log.h"
#include "common/status_macros.h"

namespace dba::kube {
namespace {

// A stream that the server ends sooner than this is a failure, or it would be opened in a tight loop.
constexpr absl::Duration kShortStream = absl::Seconds(1);

std::string MetadataText(const Json& object, absl::string_view name) {
  return GetStringOr(object, {"metadata", name}, "").value_or("");
}

ObjectKey KeyOf(const Json& object) { return {MetadataText(object, "namespace"), MetadataText(object, "name")}; }

}  // namespace

Reflector::Reflector(KubeClient* client, Clock* clock, SecureRandom* random, Options options, Handler handler)
    : client_(client),
      clock_(clock),
      random_(random),
      options_(std::move(options)),
      handler_(std::move(handler)),
      store_(options_.index) {}

Reflector::~Reflector() { Stop(); }

void Reflector::Start() {
  thread_ = std::thread([this, stop = stop_.Token()] { Run(stop); });
}

void Reflector::Stop() {
  stop_.RequestStop();
  if (thread_.joinable()) thread_.join();
}

void Reflector::Run(const StopToken& stop) {
  bool list = true;
  while (!stop.StopRequested()) {
    absl::Status status = list ? List() : Watch(stop);
    if (stop.StopRequested()) return;
    if (status.ok()) {
      list = false;
      continue;
    }
    list = list || absl::IsOutOfRange(status);
    BackOff(status, stop);
  }
}

absl::Status Reflector::List() {
  DBA_ASSIGN_OR_RETURN(ObjectList list, client_->List(options_.resource, options_.name_space, options_.label_selector));
  std::vector<std::pair<ObjectKey, Json>> values;
  values.reserve(list.items.size());
  for (Json& item : list.items) {
    ObjectKey key = KeyOf(item);
    values.emplace_back(std::move(key), options_.transform ? options_.transform(item) : std::move(item));
  }
  resource_version_ = list.resource_version;
  const std::vector<ObjectKey> changed = store_.Replace(values);
  synced_ = true;
  for (const ObjectKey& key : changed) handler_(key);
  return absl::OkStatus();
}

absl::Status Reflector::Watch(const StopToken& stop) {
  const absl::Duration began = clock_->Monotonic();
  bool heard = false;
  DBA_RETURN_IF_ERROR(client_->Watch(
      options_.resource, options_.name_space, options_.label_selector, resource_version_,
      [&](WatchEvent event) {
        heard = true;
        failures_ = 0;
        OnEvent(std::move(event));
      },
      stop));
  if (!heard && clock_->Monotonic() - began < kShortStream) {
    return absl::UnavailableError("the watch ended as soon as it began");
  }
  return absl::OkStatus();
}

void Reflector::OnEvent(WatchEvent event) {
  std::string version = MetadataText(event.object, "resourceVersion");
  if (!version.empty()) resource_version_ = std::move(version);
  if (event.type == WatchEvent::Type::kBookmark) return;
  const ObjectKey key = KeyOf(event.object);
  const bool changed = event.type == WatchEvent::Type::kDeleted
                           ? store_.Remove(key)
                           : store_.Put(key, options_.transform ? options_.transform(event.object) : event.object);
  if (changed) handler_(key);
}

void Reflector::BackOff(const absl::Status& status, const StopToken& stop) {
  const absl::Duration delay = BackoffDelay(options_.backoff, ++failures_, Jitter(*random_));
  LogWarning(
      "cannot follow objects, trying again",
      {{"resource", options_.resource.plural}, {"error", status}, {"failures", failures_}, {"delay_seconds", delay}});
  clock_->WaitFor(delay, stop);
}

}  // namespace dba::kube
