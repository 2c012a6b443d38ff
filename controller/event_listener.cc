// SPDX-License-Identifier: Apache-2.0
#include "controller/event_listener.h"

namespace dba {

void EventListener::OnStatus(const api::ManagedDatabase& database, const api::ManagedDatabaseStatus& status) {
  next_.OnStatus(database, status);
}

void EventListener::OnNotice(const api::ManagedDatabase& database, const plan::Notice& notice) {
  const api::ObjectMeta& meta = database.meta;
  recorder_.Record({"dbaoperator.dev/v1alpha1", "ManagedDatabase", meta.name_space, meta.name, meta.uid},
                   notice.warning ? kube::EventType::kWarning : kube::EventType::kNormal, notice.reason, "Reconcile",
                   notice.message);
  next_.OnNotice(database, notice);
}

void EventListener::OnAction(const api::ManagedDatabase& database, const plan::Action& action,
                             const absl::StatusOr<Effect>& effect) {
  next_.OnAction(database, action, effect);
}

void EventListener::OnGone(const kube::ObjectKey& key) { next_.OnGone(key); }

}  // namespace dba
