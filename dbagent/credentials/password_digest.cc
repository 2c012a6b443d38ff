// SPDX-License-Identifier: Apache-2.0
#include "dbagent/credentials/password_digest.h"

#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/random.h"
#include "openssl/crypto.h"
#include "openssl/evp.h"

namespace dba::agent {
namespace {

constexpr int kRounds = 10000;
constexpr size_t kSaltBytes = 16;
constexpr size_t kHashBytes = 32;
constexpr size_t kDigestSize = 2 * kSaltBytes + 1 + 2 * kHashBytes;

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string WithSalt(std::string salt, const Secret& password) {
  std::string hash(kHashBytes, '\0');
  const auto clear = password.Reveal();
  if (PKCS5_PBKDF2_HMAC(clear.data(), static_cast<int>(clear.size()), Bytes(salt), static_cast<int>(salt.size()),
                        kRounds, EVP_sha256(), static_cast<int>(hash.size()), Bytes(hash)) != 1) {
    return "";  // is the digest of no password
  }
  return absl::StrCat(absl::BytesToHexString(salt), ":", absl::BytesToHexString(hash));
}

}  // namespace

std::string PasswordDigest(const Secret& password) {
  std::string salt(kSaltBytes, '\0');
  KernelRandom().Fill(absl::MakeSpan(reinterpret_cast<uint8_t*>(salt.data()), salt.size()));
  return WithSalt(std::move(salt), password);
}

bool IsDigestOf(absl::string_view digest, const Secret& password) {
  if (digest.size() != kDigestSize) return false;
  const std::string computed = WithSalt(absl::HexStringToBytes(digest.substr(0, 2 * kSaltBytes)), password);
  return computed.size() == digest.size() && CRYPTO_memcmp(computed.data(), digest.data(), digest.size()) == 0;
}

}  // namespace dba::agent
