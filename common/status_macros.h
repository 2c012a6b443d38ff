// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_COMMON_STATUS_MACROS_H_
#define DBA_COMMON_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns the status from the calling function when `expr`, an absl::Status,
// is not OK.
//
//   DBA_RETURN_IF_ERROR(store.Write(record));
#define DBA_RETURN_IF_ERROR(expr)              \
  do {                                         \
    absl::Status dba_status_ = (expr);         \
    if (!dba_status_.ok()) return dba_status_; \
  } while (false)

// Assigns the value of `expr`, an absl::StatusOr, to `lhs`, or returns its
// status from the calling function. A type that has a comma needs an alias.
//
//   DBA_ASSIGN_OR_RETURN(Job job, ParseJob(text));
#define DBA_ASSIGN_OR_RETURN(lhs, expr) DBA_ASSIGN_OR_RETURN_IMPL_(DBA_CONCAT_(dba_status_or_, __LINE__), lhs, expr)

// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot stand in parentheses.
#define DBA_ASSIGN_OR_RETURN_IMPL_(status_or, lhs, expr)     \
  auto status_or = (expr);                                   \
  if (!status_or.ok()) return std::move(status_or).status(); \
  lhs = *std::move(status_or)
// NOLINTEND(bugprone-macro-parentheses)

#define DBA_CONCAT_(a, b) DBA_CONCAT_INNER_(a, b)
#define DBA_CONCAT_INNER_(a, b) a##b

#endif  // DBA_COMMON_STATUS_MACROS_H_
