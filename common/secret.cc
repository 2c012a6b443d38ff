// SPDX-License-Identifier: Apache-2.0
#include "common/secret.h"

#include <algorithm>
#include <utility>

#include "openssl/crypto.h"

namespace dba {

Secret::Secret(absl::string_view text) : size_(text.size()) {
  if (text.empty()) return;
  data_ = std::make_unique<char[]>(text.size());
  std::copy(text.begin(), text.end(), data_.get());
}

Secret::~Secret() {
  if (data_ != nullptr) OPENSSL_cleanse(data_.get(), size_);
}

Secret Secret::Take(std::string&& text) {
  Secret secret(text);
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
  return secret;
}

bool operator==(const Secret& a, const Secret& b) {
  return a.size_ == b.size_ && (a.size_ == 0 || CRYPTO_memcmp(a.data_.get(), b.data_.get(), a.size_) == 0);
}

void Secret::Swap(Secret& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
}

}  // namespace dba
