// SPDX-License-Identifier: Apache-2.0
//
// The database that the mounted credentials point to, as they are now. Kubernetes swaps the whole folder behind the
// link ..data when a Secret changes; the next call then gets a database with the new credentials, and calls that are
// running finish on the old one.
#ifndef DBA_DBAGENT_DATABASE_SOURCE_H_
#define DBA_DBAGENT_DATABASE_SOURCE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/mutex.h"
#include "dbagent/db/connect_options.h"
#include "dbagent/db/database.h"
#include "dbagent/db/dsn.h"

namespace dba::agent {

class DatabaseSource {
 public:
  using Make = std::function<std::unique_ptr<Database>(const Dsn& dsn, const ConnectOptions& options)>;

  // folder   holds one file per key: see DsnFromKeys, and optionally ca.crt, tls.crt and tls.key
  // options  the paths of certificates are filled in from `folder`
  DatabaseSource(std::string folder, ConnectOptions options, Make make);

  // Reads the folder; the same object as before unless a key changed. FAILED_PRECONDITION: the folder or a key is
  // missing or wrong; names it and the remedy. Thread-safe.
  absl::StatusOr<std::shared_ptr<Database>> Get();

 private:
  absl::StatusOr<std::map<std::string, std::string>> ReadKeys() const;

  const std::string folder_;
  const ConnectOptions options_;
  const Make make_;
  Mutex mutex_;
  std::string fingerprint_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<Database> database_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DATABASE_SOURCE_H_
