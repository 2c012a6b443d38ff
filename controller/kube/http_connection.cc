// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/http_connection.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "httplib.h"

namespace dba::kube {
namespace {

constexpr size_t kMaxBodyBytes = 64 << 20;
constexpr int kConnectSeconds = 5;
constexpr absl::Duration kGrace = absl::Seconds(1);

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Bio Memory(absl::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
}

// All certificates in `pem`; the caller owns the result. Null when there is none.
X509_STORE* TrustStore(const std::string& pem) {
  const Bio bio = Memory(pem);
  X509_STORE* store = X509_STORE_new();
  int count = 0;
  while (true) {
    const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
    if (certificate == nullptr) break;
    count += X509_STORE_add_cert(store, certificate.get());
  }
  if (count > 0) return store;
  X509_STORE_free(store);
  return nullptr;
}

absl::StatusOr<std::unique_ptr<httplib::ClientImpl>> MakeTlsClient(const ApiServerConfig& config,
                                                                   const std::string& ca_pem) {
  std::unique_ptr<httplib::SSLClient> client;
  if (config.client_certificate_pem.empty()) {
    client = std::make_unique<httplib::SSLClient>(config.host, config.port);
  } else {
    const Bio certificate_bio = Memory(config.client_certificate_pem);
    const Certificate certificate(PEM_read_bio_X509(certificate_bio.get(), nullptr, nullptr, nullptr), &X509_free);
    const Bio key_bio = Memory(config.client_key_pem.Reveal());
    const Key key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
    if (certificate == nullptr || key == nullptr) {
      return absl::InvalidArgumentError("client-certificate or client-key is not PEM");
    }
    client = std::make_unique<httplib::SSLClient>(config.host, config.port, certificate.get(), key.get());
  }
  X509_STORE* store = TrustStore(ca_pem);
  if (store == nullptr) return absl::InvalidArgumentError("the API server's CA holds no PEM certificate");
  client->set_ca_cert_store(store);
  // With neither path, 0.11.4 adds the machine's own authorities to the store. This folder can hold none.
  client->set_ca_cert_path("", "/dev/null");
  return client;
}

bool HasControlCharacter(absl::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

absl::Status ErrorStatus(httplib::Error error, const std::string& peer) {
  switch (error) {
    case httplib::Error::SSLServerVerification:
      return absl::UnavailableError(absl::StrCat(
          peer, ": the server's certificate is not signed by the configured authority or does not name this host"));
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
      return absl::UnavailableError(absl::StrCat(peer, ": cannot connect; is the API server running there?"));
    default:
      return absl::UnavailableError(absl::StrCat(peer, ": the connection broke (", httplib::to_string(error), ")"));
  }
}

void KeepAlive(int socket) {
  const auto set = [&](int level, int name, int value) { setsockopt(socket, level, name, &value, sizeof(value)); };
  // A peer that vanished is noticed after 30 s, also while a watch is silent.
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 15);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 30000);
}

}  // namespace

HttpConnection::HttpConnection(std::string user_agent) : user_agent_(std::move(user_agent)) {}

HttpConnection::~HttpConnection() {
  client_.reset();
  MutexLock lock(&mu_);
  if (socket_copy_ >= 0) close(socket_copy_);
}

absl::StatusOr<std::unique_ptr<HttpConnection>> HttpConnection::Make(const ApiServerConfig& config,
                                                                     const std::string& ca_pem,
                                                                     const std::string& user_agent) {
  std::unique_ptr<HttpConnection> connection(new HttpConnection(user_agent));
  if (config.tls) {
    absl::StatusOr<std::unique_ptr<httplib::ClientImpl>> client = MakeTlsClient(config, ca_pem);
    if (!client.ok()) return client.status();
    connection->client_ = *std::move(client);
  } else {
    connection->client_ = std::make_unique<httplib::ClientImpl>(config.host, config.port);
  }
  connection->peer_ = absl::StrCat("API server ", config.host, ":", config.port);
  httplib::ClientImpl& client = *connection->client_;
  if (!config.address.empty()) client.set_hostname_addr_map({{config.host, config.address}});
  client.set_connection_timeout(kConnectSeconds);
  client.set_keep_alive(true);
  client.set_tcp_nodelay(true);
  client.set_follow_location(false);
  client.set_decompress(false);
  client.set_url_encode(false);
  client.set_socket_options([self = connection.get()](int socket) { self->OnSocket(socket); });
  return connection;
}

void HttpConnection::OnSocket(int socket) {
  KeepAlive(socket);
  MutexLock lock(&mu_);
  if (socket_copy_ >= 0) close(socket_copy_);
  socket_copy_ = fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (!aborted_) return;
  // Too early for shutdown(2), which needs a connection: without a socket the connect fails.
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(null, socket);
  close(null);
}

void HttpConnection::Abort() {
  MutexLock lock(&mu_);
  aborted_ = true;
  // The copy stays ours when the client closes its descriptor meanwhile, so this never hits another file.
  if (socket_copy_ >= 0) shutdown(socket_copy_, SHUT_RDWR);
}

absl::StatusOr<HttpResponse> HttpConnection::Send(const HttpRequest& request,
                                                  const std::function<bool(absl::string_view)>& on_bytes) {
  if (HasControlCharacter(request.target) || HasControlCharacter(request.content_type) ||
      HasControlCharacter(request.bearer_token.Reveal())) {
    return absl::InvalidArgumentError(absl::StrCat(peer_, ": a control character in the request"));
  }
  httplib::Request wire;
  wire.method = request.method;
  wire.path = request.target;
  wire.body = request.body;
  wire.headers = {{"Accept", "application/json"}, {"User-Agent", user_agent_}};
  if (!request.content_type.empty()) wire.headers.emplace("Content-Type", request.content_type);
  if (!request.bearer_token.empty()) {
    wire.headers.emplace("Authorization", absl::StrCat("Bearer ", request.bearer_token.Reveal()));
  }
  HttpResponse response;
  bool too_long = false;
  bool ended_by_caller = false;
  wire.response_handler = [&](const httplib::Response& head) {
    response.status = head.status;
    return true;
  };
  wire.content_receiver = [&](const char* data, size_t size, uint64_t, uint64_t) {
    if (on_bytes != nullptr && response.status / 100 == 2) {
      ended_by_caller = !on_bytes(absl::string_view(data, size));
      return !ended_by_caller;
    }
    too_long = response.body.size() + size > kMaxBodyBytes;
    if (!too_long) response.body.append(data, size);
    return !too_long;
  };
  // The caller of a whole request ends it in time; this must not come first and look like a broken connection.
  const absl::Duration grace = on_bytes == nullptr ? kGrace : absl::ZeroDuration();
  const auto timeout = absl::ToChronoMicroseconds(std::max(request.timeout, absl::Milliseconds(1)) + grace);
  client_->set_read_timeout(timeout);
  client_->set_write_timeout(timeout);
  httplib::Response answer;
  httplib::Error error = httplib::Error::Success;
  const bool ok = client_->send(wire, answer, error);
  {
    MutexLock lock(&mu_);
    if (aborted_) return absl::CancelledError(absl::StrCat(peer_, ": the request was ended"));
  }
  if (too_long) return absl::ResourceExhaustedError(absl::StrCat(peer_, ": an answer is longer than 64 MiB"));
  if (!ok && !ended_by_caller) return ErrorStatus(error, peer_);
  used_ = true;
  return response;
}

}  // namespace dba::kube
