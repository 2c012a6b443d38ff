// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_INTEGRATION_HINTS_POSTGRES_HINT_SERVER_H_
#define DBA_INTEGRATION_HINTS_POSTGRES_HINT_SERVER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "integration/hints/sql_session.h"

namespace dba::hints {

// The release that DBA_TEST_SERVER names, or Debian's. Each fixture is made once, as a template for CREATE DATABASE.
absl::StatusOr<std::unique_ptr<HintServer>> StartPostgresHintServer();

}  // namespace dba::hints

#endif  // DBA_INTEGRATION_HINTS_POSTGRES_HINT_SERVER_H_
