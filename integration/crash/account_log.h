// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_INTEGRATION_CRASH_ACCOUNT_LOG_H_
#define DBA_INTEGRATION_CRASH_ACCOUNT_LOG_H_

#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "common/mutex.h"

namespace dba {

struct EffectCount {
  int created = 0;
  int deleted = 0;
};

// How often a database server made and dropped each account of the operator, by the server's own log, which grows while
// it is read: PostgreSQL's log of statements, or the binary log of MySQL and MariaDB, which holds the text of each
// statement that succeeded. Thread-safe.
class AccountLog {
 public:
  // The file may be absent at first.
  explicit AccountLog(std::string path) : path_(std::move(path)) {}

  EffectCount Of(const std::string& account) ABSL_LOCKS_EXCLUDED(mu_);
  // Every account that was ever made or dropped.
  std::vector<std::string> Accounts() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Refresh() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Counts what ends after the first `known` bytes.
  void Count(absl::string_view text, size_t known) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const std::string path_;
  Mutex mu_;
  size_t offset_ ABSL_GUARDED_BY(mu_) = 0;
  std::string tail_ ABSL_GUARDED_BY(mu_);  // what came before offset_
  std::map<std::string, EffectCount> counts_ ABSL_GUARDED_BY(mu_);
};

}  // namespace dba

#endif  // DBA_INTEGRATION_CRASH_ACCOUNT_LOG_H_
