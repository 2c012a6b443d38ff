// SPDX-License-Identifier: Apache-2.0
//
// What watches, and which change leads to a look at which ManagedDatabase.
#ifndef DBA_CONTROLLER_OPERATOR_H_
#define DBA_CONTROLLER_OPERATOR_H_

#include <atomic>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "common/random.h"
#include "controller/kube/kube_client.h"
#include "controller/kube/reflector.h"
#include "controller/reconcile/migration_source.h"
#include "controller/runtime/controller.h"

namespace dba {

// Thread-safe. What it is made of must outlive it.
class Operator : public MigrationSource {
 public:
  struct Options {
    std::string name_space;  // empty: all
    Controller::Options controller;
  };

  Operator(kube::KubeClient* kube, Clock* clock, SecureRandom* random, Options options, ReconcileFunction reconcile);

  ~Operator() override { Stop(); }

  // Begins to watch; a replica that does not lead watches too, so that it can take over without a list.
  void StartWatching();
  // Begins to work, on all ManagedDatabases. Call it once all kinds were listed.
  void StartWorking();
  // Ends the work first, then the watches. Repeatable.
  void Stop();

  // Whether all kinds were listed once.
  bool HasSynced() const;

  absl::StatusOr<std::map<std::string, api::DatabaseMigration>> List(absl::string_view name_space) override;

 private:
  void OnMigration(const kube::ObjectKey& key);
  void OnJob(const kube::ObjectKey& key) ABSL_LOCKS_EXCLUDED(mu_);

  Controller controller_;
  kube::Reflector databases_;
  kube::Reflector migrations_;
  kube::Reflector jobs_;

  std::atomic<bool> working_{false};
  Mutex mu_;
  // Of each Job the name of its ManagedDatabase, since a Job that is gone cannot be asked any more.
  std::map<kube::ObjectKey, std::string> databases_of_jobs_ ABSL_GUARDED_BY(mu_);
};

}  // namespace dba

#endif  // DBA_CONTROLLER_OPERATOR_H_
