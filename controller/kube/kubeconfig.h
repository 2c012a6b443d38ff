// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_KUBE_KUBECONFIG_H_
#define DBA_CONTROLLER_KUBE_KUBECONFIG_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "controller/kube/auth.h"

namespace dba::kube {

// LoadKubeconfig() without its I/O, see there. Pure but for `read_file`.
//   text    the file's content     path    its name, for messages
//   folder  what relative file names in it are relative to
absl::StatusOr<ApiServerConfig> ParseKubeconfig(
    absl::string_view text, const std::string& path, const std::string& folder,
    const std::function<absl::StatusOr<std::string>(const std::string&)>& read_file);

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_KUBE_KUBECONFIG_H_
