// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/kubeconfig.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/json.h"
#include "common/status_macros.h"

namespace dba::kube {
namespace {

class Parser {
 public:
  Parser(const std::string& path, const std::string& folder,
         const std::function<absl::StatusOr<std::string>(const std::string&)>& read_file)
      : path_(path), folder_(folder), read_file_(read_file) {}

  absl::StatusOr<ApiServerConfig> Parse(absl::string_view text) {
    const absl::StatusOr<Json> root = ParseJson(text);
    if (!root.ok() || !root->is_object()) {
      return absl::InvalidArgumentError(absl::StrCat("kubeconfig ", path_,
                                                     " is not JSON; make one that is: kubectl config ",
                                                     "view --raw --flatten --minify -o json > FILE"));
    }
    DBA_ASSIGN_OR_RETURN(const std::string context_name, GetStringOr(*root, {"current-context"}, ""));
    DBA_ASSIGN_OR_RETURN(const Json context, Named(*root, "contexts", context_name, "context"));
    DBA_ASSIGN_OR_RETURN(const std::string cluster_name, GetStringOr(context, {"cluster"}, ""));
    DBA_ASSIGN_OR_RETURN(const Json cluster, Named(*root, "clusters", cluster_name, "cluster"));
    ApiServerConfig config;
    DBA_RETURN_IF_ERROR(ReadCluster(cluster, &config));
    DBA_ASSIGN_OR_RETURN(const std::string user_name, GetStringOr(context, {"user"}, ""));
    if (!user_name.empty()) {
      DBA_ASSIGN_OR_RETURN(const Json user, Named(*root, "users", user_name, "user"));
      DBA_RETURN_IF_ERROR(ReadUser(user, &config));
    }
    DBA_ASSIGN_OR_RETURN(config.default_namespace, GetStringOr(context, {"namespace"}, "default"));
    return config;
  }

 private:
  absl::Status Error(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat("kubeconfig ", path_, ": ", what));
  }

  // The `member` of the entry `name` in `list`.
  absl::StatusOr<Json> Named(const Json& root, absl::string_view list, const std::string& name,
                             absl::string_view member) const {
    DBA_ASSIGN_OR_RETURN(const Json* entries, GetArrayOrEmpty(root, {list}));
    for (const Json& entry : *entries) {
      if (!entry.is_object() || GetStringOr(entry, {"name"}, "").value_or("") != name) continue;
      DBA_ASSIGN_OR_RETURN(const Json* value, GetObjectOrEmpty(entry, {member}));
      return *value;
    }
    return Error(absl::StrCat("no entry named \"", name, "\" in ", list));
  }

  // The text of `name`-data, or of the file that `name` names; empty when neither is there.
  absl::StatusOr<std::string> Pem(const Json& object, const std::string& name) const {
    DBA_ASSIGN_OR_RETURN(const std::string data, GetStringOr(object, {name + "-data"}, ""));
    if (!data.empty()) {
      std::string decoded;
      if (!absl::Base64Unescape(data, &decoded)) return Error(absl::StrCat(name, "-data is not base64"));
      return decoded;
    }
    DBA_ASSIGN_OR_RETURN(const std::string file, GetStringOr(object, {name}, ""));
    if (file.empty()) return std::string();
    const absl::StatusOr<std::string> text = read_file_(Absolute(file));
    if (!text.ok()) return Error(absl::StrCat(name, ": ", text.status().message()));
    return *text;
  }

  std::string Absolute(const std::string& file) const { return file[0] == '/' ? file : folder_ + "/" + file; }

  absl::Status ReadCluster(const Json& cluster, ApiServerConfig* config) const {
    DBA_ASSIGN_OR_RETURN(const std::string server, GetStringOr(cluster, {"server"}, ""));
    absl::string_view rest = server;
    config->tls = absl::ConsumePrefix(&rest, "https://");
    if (!config->tls && !absl::ConsumePrefix(&rest, "http://")) return Error("server must begin with https://");
    absl::ConsumeSuffix(&rest, "/");
    DBA_RETURN_IF_ERROR(ReadAuthority(rest, config));
    const bool loopback = config->host == "127.0.0.1" || config->host == "localhost" || config->host == "::1";
    if (!config->tls && !loopback) return Error("server may use http:// on a loopback address only");
    if (GetBoolOr(cluster, {"insecure-skip-tls-verify"}, false).value_or(true)) {
      return Error("insecure-skip-tls-verify is refused; give certificate-authority");
    }
    DBA_ASSIGN_OR_RETURN(config->ca_pem, Pem(cluster, "certificate-authority"));
    if (config->tls && config->ca_pem.empty())
      return Error("certificate-authority or certificate-authority-data is missing");
    return absl::OkStatus();
  }

  // "host", "host:port", "[v6]:port"; nothing may follow.
  absl::Status ReadAuthority(absl::string_view text, ApiServerConfig* config) const {
    config->port = config->tls ? 443 : 80;
    const size_t bracket = text.rfind(']');
    const size_t colon = text.rfind(':');
    if (colon != absl::string_view::npos && (bracket == absl::string_view::npos || colon > bracket)) {
      if (!absl::SimpleAtoi(text.substr(colon + 1), &config->port) || config->port < 1 || config->port > 65535) {
        return Error("server's port is not a number from 1 to 65535 (paths after it are not supported)");
      }
      text = text.substr(0, colon);
    }
    if (absl::ConsumePrefix(&text, "[")) absl::ConsumeSuffix(&text, "]");
    if (text.empty() || absl::StrContains(text, "/")) return Error("server must be https://HOST[:PORT]");
    config->host = std::string(text);
    return absl::OkStatus();
  }

  absl::Status ReadUser(const Json& user, ApiServerConfig* config) const {
    for (const char* unsupported : {"exec", "auth-provider", "username", "password"}) {
      if (user.contains(unsupported)) {
        return Error(absl::StrCat("users: ", unsupported,
                                  " is not supported; use a service account's token: ", "kubectl create token NAME"));
      }
    }
    DBA_ASSIGN_OR_RETURN(std::string token, GetStringOr(user, {"token"}, ""));
    config->token = Secret::Take(std::move(token));
    DBA_ASSIGN_OR_RETURN(const std::string token_file, GetStringOr(user, {"tokenFile"}, ""));
    if (!token_file.empty()) config->token_file = Absolute(token_file);
    DBA_ASSIGN_OR_RETURN(config->client_certificate_pem, Pem(user, "client-certificate"));
    DBA_ASSIGN_OR_RETURN(std::string key, Pem(user, "client-key"));
    config->client_key_pem = Secret::Take(std::move(key));
    if (config->client_certificate_pem.empty() != config->client_key_pem.empty()) {
      return Error("client-certificate and client-key belong together");
    }
    return absl::OkStatus();
  }

  const std::string& path_;
  const std::string& folder_;
  const std::function<absl::StatusOr<std::string>(const std::string&)>& read_file_;
};

}  // namespace

absl::StatusOr<ApiServerConfig> ParseKubeconfig(
    absl::string_view text, const std::string& path, const std::string& folder,
    const std::function<absl::StatusOr<std::string>(const std::string&)>& read_file) {
  return Parser(path, folder, read_file).Parse(text);
}

}  // namespace dba::kube
