// SPDX-License-Identifier: Apache-2.0
#include "common/hash.h"

#include <cstdlib>

#include "absl/strings/escaping.h"
#include "openssl/evp.h"

namespace dba {

std::string Sha256(absl::string_view data) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  if (EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_sha256(),
                 nullptr) != 1) {
    std::abort();
  }
  digest.resize(size);
  return digest;
}

std::string Sha256Hex(absl::string_view data) { return absl::BytesToHexString(Sha256(data)); }

}  // namespace dba
