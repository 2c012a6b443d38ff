// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_EVENT_LISTENER_H_
#define DBA_CONTROLLER_EVENT_LISTENER_H_

#include "controller/kube/event_recorder.h"
#include "controller/reconcile/reconcile_listener.h"

namespace dba {

// Makes Events of notices, and hands all it is told on. What it is made of must outlive it.
class EventListener : public ReconcileListener {
 public:
  EventListener(kube::EventRecorder* recorder, ReconcileListener* next) : recorder_(*recorder), next_(*next) {}

  void OnStatus(const api::ManagedDatabase& database, const api::ManagedDatabaseStatus& status) override;
  void OnNotice(const api::ManagedDatabase& database, const plan::Notice& notice) override;
  void OnAction(const api::ManagedDatabase& database, const plan::Action& action,
                const absl::StatusOr<Effect>& effect) override;
  void OnGone(const kube::ObjectKey& key) override;

 private:
  kube::EventRecorder& recorder_;
  ReconcileListener& next_;
};

}  // namespace dba

#endif  // DBA_CONTROLLER_EVENT_LISTENER_H_
