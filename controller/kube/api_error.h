// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_KUBE_API_ERROR_H_
#define DBA_CONTROLLER_KUBE_API_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace dba::kube {

// The error for an answer that is not 2xx, with the codes that kube_client.h lists.
//   http_status  the answer's status code
//   body         a Status object as JSON; anything else is left out of the message
//   context      verb, resource and object: "patch Job shop/x"
// Of the server's text at most 1 KiB is kept. A refused Secret (422) keeps none: the text can quote its values.
// Source: Kubernetes API conventions, "Response Status Kind".
absl::Status ApiError(int http_status, absl::string_view body, absl::string_view context);

// The same for a Status object inside a watch stream, whose `code` stands for the HTTP status.
absl::Status ApiErrorFromStatusObject(const nlohmann::json& status, absl::string_view context);

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_KUBE_API_ERROR_H_
