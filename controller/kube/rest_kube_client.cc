// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/rest_kube_client.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/json.h"
#include "common/status_macros.h"
#include "common/status_util.h"
#include "controller/kube/api_error.h"
#include "controller/kube/watch_decoder.h"

namespace dba::kube {
namespace {

constexpr int kShortestWatchSeconds = 300;
// The server ends a watch at its timeout; a longer silence than that plus this is a dead connection.
constexpr absl::Duration kWatchGrace = absl::Seconds(30);

std::string Context(absl::string_view verb, const Resource& resource, const ObjectKey& key) {
  return absl::StrCat(verb, " ", DescribeObject(resource, key));
}

// Joins "name=value" pairs whose value is not empty.
std::string Query(std::initializer_list<std::pair<absl::string_view, absl::string_view>> parameters) {
  std::string query;
  for (const auto& [name, value] : parameters) {
    if (!value.empty()) absl::StrAppend(&query, query.empty() ? "?" : "&", name, "=", PercentEncode(value));
  }
  return query;
}

void DropManagedFields(Json* object) {
  if (!object->is_object()) return;
  const auto metadata = object->find("metadata");
  if (metadata != object->end() && metadata->is_object()) metadata->erase("managedFields");
}

absl::StatusOr<ObjectKey> KeyOf(const Json& object) {
  DBA_ASSIGN_OR_RETURN(std::string name, GetString(object, {"metadata", "name"}));
  DBA_ASSIGN_OR_RETURN(std::string name_space, GetStringOr(object, {"metadata", "namespace"}, ""));
  return ObjectKey{std::move(name_space), std::move(name)};
}

absl::Status ReadPage(const Resource& resource, Json page, const std::string& context, ObjectList* list,
                      std::string* next) {
  DBA_ASSIGN_OR_RETURN(list->resource_version, GetStringOr(page, {"metadata", "resourceVersion"}, ""));
  DBA_ASSIGN_OR_RETURN(*next, GetStringOr(page, {"metadata", "continue"}, ""));
  const auto items = page.find("items");
  // A nil slice of the server is null: an empty list.
  if (items == page.end() || !(items->is_array() || items->is_null())) {
    return absl::UnavailableError(absl::StrCat(context, ": the answer is no list"));
  }
  const std::string api_version = ApiVersion(resource);
  for (Json& item : *items) {
    if (!item.is_object()) return absl::UnavailableError(absl::StrCat(context, ": the answer is no list"));
    DropManagedFields(&item);
    item["apiVersion"] = api_version;
    item["kind"] = std::string(resource.kind);
    list->items.push_back(std::move(item));
  }
  return absl::OkStatus();
}

}  // namespace

RestKubeClient::RestKubeClient(HttpTransport* transport, CredentialSource* credentials, SecureRandom* random,
                               Options options)
    : transport_(transport), credentials_(credentials), random_(random), options_(std::move(options)) {}

absl::StatusOr<HttpResponse> RestKubeClient::Send(HttpRequest request, const std::string& context,
                                                  const Exchange& exchange) {
  absl::StatusOr<HttpResponse> response;
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto credentials = credentials_->Current();
    if (!credentials.ok()) return Annotate(credentials.status(), context);
    request.bearer_token = (*credentials)->token;
    response = exchange(request);
    if (options_.observer) {
      options_.observer(request.method, response.ok() ? response->status : 0, credentials_->config().host);
    }
    if (!response.ok() || response->status != 401) break;
    credentials_->Expire();
  }
  if (!response.ok()) return Annotate(response.status(), context);
  if (response->status / 100 != 2) return ApiError(response->status, response->body, context);
  return response;
}

absl::StatusOr<Json> RestKubeClient::Call(HttpRequest request, const std::string& context) {
  request.timeout = options_.call_timeout;
  DBA_ASSIGN_OR_RETURN(const HttpResponse response,
                       Send(std::move(request), context, [this](const HttpRequest& r) { return transport_->Do(r); }));
  absl::StatusOr<Json> body = ParseJson(response.body);
  // Cut short on its way: a write may have had its effect, which is what UNAVAILABLE says.
  if (!body.ok()) return absl::UnavailableError(absl::StrCat(context, ": the answer is no JSON"));
  DropManagedFields(&*body);
  return body;
}

absl::StatusOr<Json> RestKubeClient::Get(const Resource& resource, const ObjectKey& key) {
  HttpRequest request;
  request.method = "GET";
  request.target = ResourcePath(resource, key);
  return Call(std::move(request), Context("get", resource, key));
}

absl::StatusOr<ObjectList> RestKubeClient::List(const Resource& resource, absl::string_view name_space,
                                                absl::string_view label_selector) {
  absl::StatusOr<ObjectList> list = ListOnce(resource, name_space, label_selector);
  // The continue token outlived etcd's history (5 min): a list from the start has a new one.
  if (absl::IsOutOfRange(list.status())) list = ListOnce(resource, name_space, label_selector);
  return list;
}

absl::StatusOr<ObjectList> RestKubeClient::ListOnce(const Resource& resource, absl::string_view name_space,
                                                    absl::string_view label_selector) {
  const ObjectKey key{std::string(name_space), ""};
  const std::string context = Context("list", resource, key);
  ObjectList list;
  std::string next;
  do {
    HttpRequest request;
    request.method = "GET";
    request.target = absl::StrCat(
        ResourcePath(resource, key),
        Query({{"labelSelector", label_selector}, {"limit", absl::StrCat(options_.page_size)}, {"continue", next}}));
    DBA_ASSIGN_OR_RETURN(Json page, Call(std::move(request), context));
    DBA_RETURN_IF_ERROR(ReadPage(resource, std::move(page), context, &list, &next));
  } while (!next.empty());
  return list;
}

absl::Status RestKubeClient::Watch(const Resource& resource, absl::string_view name_space,
                                   absl::string_view label_selector, absl::string_view resource_version,
                                   const std::function<void(WatchEvent)>& sink, const StopToken& stop) {
  const ObjectKey key{std::string(name_space), ""};
  const std::string context = Context("watch", resource, key);
  // Spread, so that the streams of many reflectors do not end together.
  const int seconds = kShortestWatchSeconds + static_cast<int>(kShortestWatchSeconds * Jitter(*random_));
  HttpRequest request;
  request.method = "GET";
  request.target = absl::StrCat(ResourcePath(resource, key), Query({{"watch", "true"},
                                                                    {"allowWatchBookmarks", "true"},
                                                                    {"resourceVersion", resource_version},
                                                                    {"labelSelector", label_selector},
                                                                    {"timeoutSeconds", absl::StrCat(seconds)}}));
  request.timeout = absl::Seconds(seconds) + kWatchGrace;
  WatchDecoder decoder(context, [&](WatchEvent event) {
    DropManagedFields(&event.object);
    sink(std::move(event));
  });
  absl::Status decoded;
  const absl::StatusOr<HttpResponse> end = Send(std::move(request), context, [&](const HttpRequest& r) {
    const auto feed = [&](absl::string_view bytes) {
      decoded = decoder.Feed(bytes);
      return decoded.ok() && !stop.StopRequested();
    };
    return transport_->Stream(r, feed, stop);
  });
  if (stop.StopRequested()) return absl::CancelledError(absl::StrCat(context, ": stopped"));
  DBA_RETURN_IF_ERROR(decoded);
  return end.status();
}

absl::StatusOr<Json> RestKubeClient::Create(const Resource& resource, const Json& object) {
  DBA_ASSIGN_OR_RETURN(const ObjectKey key, KeyOf(object));
  HttpRequest request;
  request.method = "POST";
  request.target =
      absl::StrCat(ResourcePath(resource, {key.name_space, ""}), Query({{"fieldManager", options_.field_manager}}));
  request.content_type = "application/json";
  request.body = DumpJson(object);
  return Call(std::move(request), Context("create", resource, key));
}

absl::StatusOr<Json> RestKubeClient::Apply(const Resource& resource, const Json& object,
                                           absl::string_view field_manager, absl::string_view subresource) {
  DBA_ASSIGN_OR_RETURN(const ObjectKey key, KeyOf(object));
  HttpRequest request;
  request.method = "PATCH";
  request.target = absl::StrCat(ResourcePath(resource, key), subresource.empty() ? "" : "/", PercentEncode(subresource),
                                Query({{"fieldManager", field_manager}, {"force", "true"}}));
  request.content_type = "application/apply-patch+yaml";  // JSON is YAML
  request.body = DumpJson(object);
  return Call(std::move(request), Context("apply", resource, key));
}

absl::StatusOr<Json> RestKubeClient::MergePatch(const Resource& resource, const ObjectKey& key, const Json& patch) {
  HttpRequest request;
  request.method = "PATCH";
  request.target = absl::StrCat(ResourcePath(resource, key), Query({{"fieldManager", options_.field_manager}}));
  request.content_type = "application/merge-patch+json";
  request.body = DumpJson(patch);
  return Call(std::move(request), Context("patch", resource, key));
}

absl::Status RestKubeClient::Delete(const Resource& resource, const ObjectKey& key,
                                    const Preconditions& preconditions) {
  Json options = {{"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"propagationPolicy", "Background"}};
  if (!preconditions.uid.empty()) options["preconditions"]["uid"] = preconditions.uid;
  if (!preconditions.resource_version.empty()) {
    options["preconditions"]["resourceVersion"] = preconditions.resource_version;
  }
  HttpRequest request;
  request.method = "DELETE";
  request.target = ResourcePath(resource, key);
  request.content_type = "application/json";
  request.body = DumpJson(options);
  return Call(std::move(request), Context("delete", resource, key)).status();
}

}  // namespace dba::kube
