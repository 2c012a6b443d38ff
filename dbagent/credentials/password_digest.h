// SPDX-License-Identifier: Apache-2.0
//
// What is kept of the password that was set last, to tell whether it is to be set again or to be replaced, also of an
// account that cannot log in. Guards: no password is replaced unasked.
#ifndef DBA_DBAGENT_CREDENTIALS_PASSWORD_DIGEST_H_
#define DBA_DBAGENT_CREDENTIALS_PASSWORD_DIGEST_H_

#include <string>

#include "absl/strings/string_view.h"
#include "common/secret.h"

namespace dba::agent {

// 16 bytes of salt from the kernel and PBKDF2-HMAC-SHA-256 (RFC 8018) of 10,000 rounds, as 32 and 64 hex digits with a
// colon between them. Every role of a PostgreSQL server may read it in the comment of the account: it is as strong as
// the password, and the operator's have 256 random bits.
std::string PasswordDigest(const Secret& password);

// Whether `digest` is one of `password`. False for text that is none.
bool IsDigestOf(absl::string_view digest, const Secret& password);

}  // namespace dba::agent

#endif  // DBA_DBAGENT_CREDENTIALS_PASSWORD_DIGEST_H_
