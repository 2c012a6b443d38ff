// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_KUBE_REST_KUBE_CLIENT_H_
#define DBA_CONTROLLER_KUBE_REST_KUBE_CLIENT_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/random.h"
#include "common/stop_token.h"
#include "controller/kube/auth.h"
#include "controller/kube/http_transport.h"
#include "controller/kube/kube_client.h"
#include "controller/kube/resource.h"
#include "nlohmann/json.hpp"

namespace dba::kube {

// Told of every request: the HTTP method, the answer's status (0: none came) and the API server's host. Called on the
// requesting thread; for client-go's metric rest_client_requests_total{code,method,host}.
using RequestObserver = std::function<void(absl::string_view method, int code, absl::string_view host)>;

// KubeClient over the API server's REST interface. metadata.managedFields of every object is left out: it is often
// larger than the rest, and nothing here reads it.
class RestKubeClient : public KubeClient {
 public:
  struct Options {
    std::string field_manager = "dba-operator";  // of Create and MergePatch
    absl::Duration call_timeout = absl::Seconds(30);
    int page_size = 500;
    RequestObserver observer;  // may be empty
  };

  // The pointers must outlive this object.
  RestKubeClient(HttpTransport* transport, CredentialSource* credentials, SecureRandom* random, Options options);

  absl::StatusOr<nlohmann::json> Get(const Resource& resource, const ObjectKey& key) override;
  absl::StatusOr<ObjectList> List(const Resource& resource, absl::string_view name_space,
                                  absl::string_view label_selector) override;
  absl::Status Watch(const Resource& resource, absl::string_view name_space, absl::string_view label_selector,
                     absl::string_view resource_version, const std::function<void(WatchEvent)>& sink,
                     const StopToken& stop) override;
  absl::StatusOr<nlohmann::json> Create(const Resource& resource, const nlohmann::json& object) override;
  absl::StatusOr<nlohmann::json> Apply(const Resource& resource, const nlohmann::json& object,
                                       absl::string_view field_manager, absl::string_view subresource) override;
  absl::StatusOr<nlohmann::json> MergePatch(const Resource& resource, const ObjectKey& key,
                                            const nlohmann::json& patch) override;
  absl::Status Delete(const Resource& resource, const ObjectKey& key, const Preconditions& preconditions) override;

 private:
  using Exchange = std::function<absl::StatusOr<HttpResponse>(const HttpRequest&)>;

  // Adds the token, tells the observer, and tries once more with a fresh token after a 401.
  absl::StatusOr<HttpResponse> Send(HttpRequest request, const std::string& context, const Exchange& exchange);
  // Send() over Do(), and the body of a 2xx answer as JSON.
  absl::StatusOr<nlohmann::json> Call(HttpRequest request, const std::string& context);
  absl::StatusOr<ObjectList> ListOnce(const Resource& resource, absl::string_view name_space,
                                      absl::string_view label_selector);

  HttpTransport* const transport_;
  CredentialSource* const credentials_;
  SecureRandom* const random_;
  const Options options_;
};

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_KUBE_REST_KUBE_CLIENT_H_
