// SPDX-License-Identifier: Apache-2.0
#include "integration/test_certificates.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "common/testing/subprocess.h"

namespace dba {
namespace {

absl::Status OpenSsl(const std::string& folder, std::vector<std::string> args) {
  Subprocess::Options options;
  options.args = {"openssl"};
  options.args.insert(options.args.end(), args.begin(), args.end());
  options.directory = folder;
  DBA_ASSIGN_OR_RETURN(const CommandResult result, RunCommand(options));
  return result.exit_code == 0 ? absl::OkStatus() : absl::InternalError(absl::StrCat("openssl: ", result.err));
}

}  // namespace

absl::Status MakeAuthority(const std::string& folder) {
  return OpenSsl(folder, {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                          "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=test authority", "-days", "2"});
}

absl::Status MakeCertificate(const std::string& folder, const std::string& name) {
  DBA_RETURN_IF_ERROR(OpenSsl(
      folder, {"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", name + ".key",
               "-out", name + ".csr", "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"}));
  return OpenSsl(folder, {"x509", "-req", "-in", name + ".csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
                          "-copy_extensions", "copy", "-days", "2", "-out", name + ".crt"});
}

}  // namespace dba
