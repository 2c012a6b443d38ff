// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_INTEGRATION_TEST_CERTIFICATES_H_
#define DBA_INTEGRATION_TEST_CERTIFICATES_H_

#include <string>

#include "absl/status/status.h"

namespace dba {

// Makes an authority in `folder` (ca.crt, ca.key) with openssl(1), valid for two days.
absl::Status MakeAuthority(const std::string& folder);

// Makes `name`.crt and `name`.key for localhost and 127.0.0.1, signed by the authority in `folder`.
absl::Status MakeCertificate(const std::string& folder, const std::string& name);

}  // namespace dba

#endif  // DBA_INTEGRATION_TEST_CERTIFICATES_H_
