// SPDX-License-Identifier: Apache-2.0
//
// A value that was observed, or the reason why it was not. Nothing unknown is ever read as zero.
#ifndef DBA_DBAGENT_HINTS_FACT_H_
#define DBA_DBAGENT_HINTS_FACT_H_

#include <optional>
#include <string>
#include <utility>

namespace dba::agent::hints {

// Unknown until it is given a value.
template <typename T>
class Fact {
 public:
  Fact() : why_("it was not asked for") {}
  Fact(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor): a value is a fact
  static Fact Unknown(const std::string& why) {
    Fact fact;
    fact.why_ = why;
    return fact;
  }

  bool known() const { return value_.has_value(); }
  const T& operator*() const { return *value_; }
  const T* operator->() const { return &*value_; }
  T value_or(T fallback) const { return value_.value_or(std::move(fallback)); }
  // Why it is unknown; empty when it is known.
  const std::string& why() const { return why_; }

 private:
  std::optional<T> value_;
  std::string why_;
};

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_FACT_H_
