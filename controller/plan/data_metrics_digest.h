// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_PLAN_DATA_METRICS_DIGEST_H_
#define DBA_CONTROLLER_PLAN_DATA_METRICS_DIGEST_H_

#include <string>

#include "controller/api/managed_database.h"

namespace dba::plan {

// Equal for equal metrics; empty when none is asked for, which is how an agent starts.
std::string DataMetricsDigest(const api::DataMetrics& metrics);

}  // namespace dba::plan

#endif  // DBA_CONTROLLER_PLAN_DATA_METRICS_DIGEST_H_
