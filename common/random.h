// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_COMMON_RANDOM_H_
#define DBA_COMMON_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/types/span.h"
#include "common/secret.h"

namespace dba {

// The seam to randomness. Thread-safe.
class SecureRandom {
 public:
  virtual ~SecureRandom() = default;

  // Fills `bytes` with random bytes that nobody can predict.
  virtual void Fill(absl::Span<uint8_t> bytes) = 0;
};

// The kernel's generator, getrandom(2). Blocks only before the kernel has
// gathered its first entropy after boot; aborts the process when the kernel has
// no getrandom (Linux < 3.17), because nothing safe could be returned.
class KernelRandom : public SecureRandom {
 public:
  void Fill(absl::Span<uint8_t> bytes) override;
};

// 32 random bytes as 43 characters of base64url (RFC 4648 section 5, no
// padding): free of characters that SQL, URLs or SASLprep (RFC 4013) treat in a
// special way.
Secret GeneratePassword(SecureRandom& random);

// 2 × `bytes` lower-case hex digits; for identifiers, not for secrets.
std::string RandomHex(SecureRandom& random, size_t bytes);

// A number in [0, 1), evenly spread; what BackoffDelay() takes.
double Jitter(SecureRandom& random);

}  // namespace dba

#endif  // DBA_COMMON_RANDOM_H_
