// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_COMMON_HASH_H_
#define DBA_COMMON_HASH_H_

#include <string>

#include "absl/strings/string_view.h"

namespace dba {

// The SHA-256 digest (FIPS 180-4) of `data`: 32 raw bytes, or 64 lower-case hex
// digits. Aborts only when OpenSSL has no SHA-256, which no supported build
// lacks. Thread-safe.
std::string Sha256(absl::string_view data);
std::string Sha256Hex(absl::string_view data);

}  // namespace dba

#endif  // DBA_COMMON_HASH_H_
