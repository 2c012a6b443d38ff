// SPDX-License-Identifier: Apache-2.0
#include "common/random.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "openssl/crypto.h"

namespace dba {

void KernelRandom::Fill(absl::Span<uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = getrandom(bytes.data(), bytes.size(), 0);
    if (count < 0 && errno != EINTR) std::abort();
    if (count > 0) bytes.remove_prefix(static_cast<size_t>(count));
  }
}

Secret GeneratePassword(SecureRandom& random) {
  std::array<uint8_t, 32> bytes;
  random.Fill(absl::MakeSpan(bytes));
  std::string text =
      absl::WebSafeBase64Escape(absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return Secret::Take(std::move(text));
}

std::string RandomHex(SecureRandom& random, size_t bytes) {
  std::vector<uint8_t> buffer(bytes);
  random.Fill(absl::MakeSpan(buffer));
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(buffer.data()), buffer.size()));
}

double Jitter(SecureRandom& random) {
  uint64_t bits = 0;
  random.Fill(absl::MakeSpan(reinterpret_cast<uint8_t*>(&bits), sizeof(bits)));
  // A double holds 53 bits exactly, so the result never rounds up to 1.
  return std::ldexp(static_cast<double>(bits >> 11), -53);
}

}  // namespace dba
