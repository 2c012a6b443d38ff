// SPDX-License-Identifier: Apache-2.0
//
// What Debian's Abseil lacks for tests: EXPECT_OK(expr), ASSERT_OK(expr),
// ASSERT_OK_AND_ASSIGN(lhs, expr), and the matchers IsOk(),
// IsOkAndHolds(matcher), StatusIs(code) and StatusIs(code, message matcher).
// All take an absl::Status or an absl::StatusOr.
#ifndef DBA_COMMON_TESTING_STATUS_MATCHERS_H_
#define DBA_COMMON_TESTING_STATUS_MATCHERS_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba {
namespace internal {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& status_or) {
  return status_or.status();
}

}  // namespace internal

MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  const absl::Status& status = internal::StatusOf(arg);
  if (!status.ok()) *result_listener << "which is " << status;
  return status.ok();
}

MATCHER_P(IsOkAndHoldsMatching, matcher, "is OK and holds what matches") {
  if (!arg.ok()) {
    *result_listener << "which is " << arg.status();
    return false;
  }
  return testing::ExplainMatchResult(matcher, *arg, result_listener);
}

MATCHER_P2(StatusIs, code, message, "has the code and the message") {
  const absl::Status& status = internal::StatusOf(arg);
  *result_listener << "which is " << status;
  return status.code() == code && testing::ExplainMatchResult(message, std::string(status.message()), result_listener);
}

inline auto StatusIs(absl::StatusCode code) { return StatusIs(code, testing::_); }

template <typename Matcher>
auto IsOkAndHolds(Matcher matcher) {
  return IsOkAndHoldsMatching(std::move(matcher));
}

}  // namespace dba

#define EXPECT_OK(expr) EXPECT_THAT((expr), ::dba::IsOk())
#define ASSERT_OK(expr) ASSERT_THAT((expr), ::dba::IsOk())

#define ASSERT_OK_AND_ASSIGN(lhs, expr) DBA_ASSERT_OK_AND_ASSIGN_IMPL_(DBA_CONCAT_(dba_status_or_, __LINE__), lhs, expr)
// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot stand in parentheses.
#define DBA_ASSERT_OK_AND_ASSIGN_IMPL_(status_or, lhs, expr) \
  auto status_or = (expr);                                   \
  ASSERT_THAT(status_or, ::dba::IsOk());                     \
  lhs = *std::move(status_or)
// NOLINTEND(bugprone-macro-parentheses)

#endif  // DBA_COMMON_TESTING_STATUS_MATCHERS_H_
