// SPDX-License-Identifier: Apache-2.0
//
// Keeps passwords out of logs, messages and freed memory. Guards the invariant
// that no clear-text password leaves the process except where a call to
// Reveal() says so.
#ifndef DBA_COMMON_SECRET_H_
#define DBA_COMMON_SECRET_H_

#include <cstddef>
#include <memory>
#include <ostream>
#include <string>

#include "absl/strings/string_view.h"

namespace dba {

// A string that cannot be printed. Its bytes live in one buffer that is
// overwritten before it is freed. Thread-compatible.
class Secret {
 public:
  Secret() = default;
  explicit Secret(absl::string_view text);
  Secret(const Secret& other) : Secret(other.Reveal()) {}
  Secret(Secret&& other) noexcept { Swap(other); }
  Secret& operator=(Secret other) noexcept {
    Swap(other);
    return *this;
  }
  ~Secret();

  // Takes the text over and overwrites the source, which is empty afterwards.
  static Secret Take(std::string&& text);

  // The clear text; valid as long as this object is neither changed nor
  // destroyed. Never log it or put it in a Status.
  absl::string_view Reveal() const { return absl::string_view(data_.get(), size_); }

  bool empty() const { return size_ == 0; }

  // Takes the same time wherever the texts differ; their lengths are not
  // hidden.
  friend bool operator==(const Secret& a, const Secret& b);
  friend bool operator!=(const Secret& a, const Secret& b) { return !(a == b); }

  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  void Swap(Secret& other) noexcept;

  std::unique_ptr<char[]> data_;
  size_t size_ = 0;
};

}  // namespace dba

#endif  // DBA_COMMON_SECRET_H_
