// SPDX-License-Identifier: Apache-2.0
//
// Passwords as C libraries want them, overwritten when they are no longer needed.
#ifndef DBA_DBAGENT_DB_CLEAR_TEXT_H_
#define DBA_DBAGENT_DB_CLEAR_TEXT_H_

#include <string>

#include "common/secret.h"
#include "openssl/crypto.h"

namespace dba::agent {

// Overwrites what a string holds, at its full size; it is empty afterwards.
inline void Wipe(std::string& text) {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

// A short-lived copy of a Secret that ends with a NUL. The library's own copies are out of reach.
class ClearText {
 public:
  explicit ClearText(const Secret& secret) : text_(secret.Reveal()) {}
  ~ClearText() { Wipe(text_); }
  ClearText(const ClearText&) = delete;
  ClearText& operator=(const ClearText&) = delete;

  const char* c_str() const { return text_.c_str(); }

 private:
  std::string text_;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_CLEAR_TEXT_H_
