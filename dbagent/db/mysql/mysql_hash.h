// SPDX-License-Identifier: Apache-2.0
//
// What the server stores instead of a password, computed here so that no statement ever holds the password. Pure.
#ifndef DBA_DBAGENT_DB_MYSQL_MYSQL_HASH_H_
#define DBA_DBAGENT_DB_MYSQL_MYSQL_HASH_H_

#include <string>

#include "absl/strings/string_view.h"
#include "common/secret.h"

namespace dba::agent {

// '*' and 40 upper-case hex digits of SHA1(SHA1(password)): what mysql_native_password stores. Without a salt, it is
// as strong as the password: the operator's have 256 random bits.
// Source: MariaDB 10.11 documentation, "Authentication Plugin - mysql_native_password".
std::string NativePasswordHash(const Secret& password);

// What caching_sha2_password stores: $A$005$, the salt and 43 characters of SHA-crypt with 5000 rounds.
//   salt  20 bytes, each from 1 to 127 and not '$' (see SaltFromRandom)
// Source: MySQL 8.0 manual, 6.4.1.2; Drepper, "Unix crypt using SHA-256 and SHA-512", 0.6.
std::string CachingSha2Hash(const Secret& password, absl::string_view salt);

// 20 random bytes made fit for a salt.
std::string SaltFromRandom(absl::string_view random);

// The 43 characters of SHA-256-crypt with 5000 rounds; as crypt(3) gives them after "$5$salt$" for salts of up to 16
// bytes.
std::string Sha256Crypt(const Secret& password, absl::string_view salt);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_MYSQL_MYSQL_HASH_H_
