// SPDX-License-Identifier: Apache-2.0
#include "integration/slow_link.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "absl/time/clock.h"

namespace dba {
namespace {

constexpr int kPollMilliseconds = 200;  // how long an idle link takes to notice its end

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Passes on what has come; false at the end of the connection.
bool Pass(int from, int to) {
  char buffer[16384];
  const ssize_t got = recv(from, buffer, sizeof(buffer), 0);
  if (got <= 0) return false;
  for (ssize_t done = 0; done < got;) {
    const ssize_t sent = send(to, buffer + done, static_cast<size_t>(got - done), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    done += sent;
  }
  return true;
}

}  // namespace

SlowLink::SlowLink(uint16_t server_port, std::function<absl::Duration()> delay)
    : server_port_(server_port), delay_(std::move(delay)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(listener_, 128) == 0 &&
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0) {
    port_ = ntohs(address.sin_port);
  }
  acceptor_ = std::thread([this] { Accept(); });
}

SlowLink::~SlowLink() {
  {
    MutexLock lock(&mutex_);
    end_ = true;
    ended_.SignalAll();
  }
  acceptor_.join();
  // Only the acceptor adds carriers, and each of them takes the mutex when it ends.
  for (bool left = true; left;) {
    MutexLock lock(&mutex_);
    ReapLocked();
    left = !carriers_.empty();
    if (left) carried_.WaitFor(&mutex_, absl::Milliseconds(kPollMilliseconds));
  }
  close(listener_);
}

bool SlowLink::Wait(absl::Duration duration) {
  const absl::Time until = absl::Now() + duration;
  MutexLock lock(&mutex_);
  while (!end_ && absl::Now() < until) ended_.WaitFor(&mutex_, until - absl::Now());
  return !end_;
}

void SlowLink::Accept() {
  while (Wait(absl::ZeroDuration())) {
    pollfd ready = {listener_, POLLIN, 0};
    if (poll(&ready, 1, kPollMilliseconds) <= 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const absl::Duration delay = delay_();
    MutexLock lock(&mutex_);
    ReapLocked();
    Carrier& carrier = carriers_.emplace_back();
    carrier.thread = std::thread([this, client, delay, &carrier] {
      Carry(client, delay);
      MutexLock done(&mutex_);
      carrier.done = true;
      carried_.SignalAll();
    });
  }
}

void SlowLink::ReapLocked() {
  for (auto carrier = carriers_.begin(); carrier != carriers_.end();) {
    if (!carrier->done) {
      ++carrier;
      continue;
    }
    carrier->thread.join();
    carrier = carriers_.erase(carrier);
  }
}

void SlowLink::Carry(int client, absl::Duration delay) {
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(server_port_);
  bool open = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  int words = 0;
  while (open && Wait(absl::ZeroDuration())) {
    pollfd ready[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (poll(ready, 2, kPollMilliseconds) <= 0) continue;
    if (ready[0].revents != 0) {
      if (++words == 2) open = Wait(delay);
      open = open && Pass(client, server);
    }
    if (open && ready[1].revents != 0) open = Pass(server, client);
  }
  close(client);
  close(server);
}

}  // namespace dba
