// SPDX-License-Identifier: Apache-2.0
#include "dbagent/db/mysql/mysql_hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "dbagent/db/clear_text.h"

namespace dba::agent {
namespace {

constexpr int kRounds = 5000;

std::string Digest(const EVP_MD* kind, absl::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out;
  unsigned int size = 0;
  EVP_Digest(data.data(), data.size(), out.data(), &size, kind, nullptr);
  return std::string(reinterpret_cast<const char*>(out.data()), size);
}

std::string Sha256Of(absl::string_view data) { return Digest(EVP_sha256(), data); }

// For text that holds the password; it must not have grown beyond what it reserved.
std::string Sha256AndWipe(std::string text) {
  std::string digest = Sha256Of(text);
  Wipe(text);
  return digest;
}

// `text` repeated and cut to `size` bytes.
std::string Stretch(absl::string_view text, size_t size) {
  std::string out;
  while (out.size() < size) out.append(text.data(), std::min(text.size(), size - out.size()));
  return out;
}

// crypt(3)'s own base 64: the digits in groups of three bytes, in the order the algorithm gives.
std::string EncodeForCrypt(const std::string& bytes) {
  static constexpr char kDigits[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  static constexpr int kOrder[][3] = {{0, 10, 20}, {21, 1, 11}, {12, 22, 2}, {3, 13, 23}, {24, 4, 14},
                                      {15, 25, 5}, {6, 16, 26}, {27, 7, 17}, {18, 28, 8}, {9, 19, 29}};
  std::string out;
  const auto add = [&out](uint32_t value, int digits) {
    for (; digits > 0; --digits, value >>= 6) out += kDigits[value & 0x3f];
  };
  const auto at = [&bytes](int i) { return static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])); };
  for (const auto& group : kOrder) add(at(group[0]) << 16 | at(group[1]) << 8 | at(group[2]), 4);
  add(at(31) << 8 | at(30), 3);
  return out;
}

}  // namespace

std::string NativePasswordHash(const Secret& password) {
  const std::string twice = Digest(EVP_sha1(), Digest(EVP_sha1(), password.Reveal()));
  return absl::StrCat("*", absl::AsciiStrToUpper(absl::BytesToHexString(twice)));
}

std::string Sha256Crypt(const Secret& password, absl::string_view salt) {
  const absl::string_view key = password.Reveal();
  const std::string alternate = Sha256AndWipe(absl::StrCat(key, salt, key));
  std::string first;
  first.reserve(2 * key.size() + salt.size() + 8 * sizeof(size_t) * std::max(key.size(), alternate.size()));
  absl::StrAppend(&first, key, salt, Stretch(alternate, key.size()));
  for (size_t bits = key.size(); bits > 0; bits >>= 1) absl::StrAppend(&first, (bits & 1) != 0 ? alternate : key);
  std::string digest = Sha256AndWipe(std::move(first));
  std::string repeated_key;
  repeated_key.reserve(key.size() * key.size());
  for (size_t i = 0; i < key.size(); ++i) absl::StrAppend(&repeated_key, key);
  const std::string p = Stretch(Sha256AndWipe(std::move(repeated_key)), key.size());
  std::string repeated_salt;
  const size_t repeats = 16 + static_cast<unsigned char>(digest[0]);
  for (size_t i = 0; i < repeats; ++i) absl::StrAppend(&repeated_salt, salt);
  const std::string s = Stretch(Sha256Of(repeated_salt), salt.size());
  for (int round = 0; round < kRounds; ++round) {
    std::string text = (round & 1) != 0 ? p : digest;
    if (round % 3 != 0) text += s;
    if (round % 7 != 0) text += p;
    text += (round & 1) != 0 ? digest : p;
    digest = Sha256Of(text);
  }
  return EncodeForCrypt(digest);
}

std::string CachingSha2Hash(const Secret& password, absl::string_view salt) {
  return absl::StrCat("$A$005$", salt, Sha256Crypt(password, salt));
}

std::string SaltFromRandom(absl::string_view random) {
  std::string salt(random);
  for (char& c : salt) {
    c = static_cast<char>(c & 0x7f);
    if (c == '\0' || c == '$') c = static_cast<char>(c + 1);
  }
  return salt;
}

}  // namespace dba::agent
