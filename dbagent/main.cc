// SPDX-License-Identifier: Apache-2.0
//
// dba-agent: serves the agent's API for one database, or checks hints once. Wiring only.
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/admin_server.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/main_util.h"
#include "common/stop_token.h"
#include "dbagent/agent_service.h"
#include "dbagent/check/check.h"
#include "dbagent/config.h"
#include "dbagent/database_source.h"
#include "dbagent/db/factory.h"
#include "dbagent/hint_checker.h"
#include "dbagent/metrics/agent_metrics.h"
#include "dbagent/metrics/data_collector.h"
#include "dbagent/server.h"
#include "dbagent/write_sampler.h"
#include "prometheus/registry.h"

namespace {

constexpr absl::Duration kGrace = absl::Seconds(1);

int Fail(const absl::Status& status) {
  std::cerr << "dba-agent: " << status.message() << "\n";
  return EXIT_FAILURE;
}

std::string HostOf(const std::string& address) { return address.substr(0, address.rfind(':')); }

int Run(const dba::agent::Config& config) {
  dba::StopSource stop;
  dba::SignalStop signals(stop);
  auto registry = std::make_shared<prometheus::Registry>();
  dba::agent::AgentMetrics metrics(registry);
  dba::agent::DatabaseSource source(config.credentials_dir, config.connect, dba::agent::MakeDatabase);
  dba::RealClock clock;
  const auto collector = std::make_shared<dba::agent::DataCollector>([&source] { return source.Get(); }, &clock);
  dba::agent::WriteSampler sampler([&source] { return source.Get(); }, &clock);
  dba::agent::HintChecker hints(&sampler);
  dba::agent::AgentService service({
      [&source] { return source.Get(); },
      &hints,
      [&collector](dba::agent::DataMetricsConfig wanted) { return collector->Configure(std::move(wanted)); },
      [&collector] { return collector->digest(); },
      [&metrics](absl::string_view method, const absl::Status& status, absl::Duration duration) {
        metrics.ObserveCall(method, status, duration);
      },
  });
  const auto server = dba::agent::Server::Start(config, &service);
  if (!server.ok()) return Fail(server.status());
  std::unique_ptr<dba::AdminServer> admin;
  if (config.admin) {
    dba::AdminServer::Options options;
    options.host = config.admin_host;
    options.port = config.admin_port;
    options.metrics = {registry, collector};
    options.readiness = [&source] { return source.Get().status(); };
    auto started = dba::AdminServer::Start(std::move(options));
    if (!started.ok()) return Fail(started.status());
    admin = *std::move(started);
    dba::LogInfo(absl::StrCat("metrics on ", config.admin_host, ":", admin->port()));
  }
  dba::LogInfo(absl::StrCat("listening on ", HostOf(config.listen), ":", (*server)->port()));
  clock.WaitFor(absl::InfiniteDuration(), stop.Token());
  dba::LogInfo("stopping");
  (*server)->Shutdown(kGrace);
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && absl::string_view(argv[1]) == "check") {
    std::signal(SIGPIPE, SIG_IGN);
    return dba::agent::check::Check({argv + 2, argv + argc}, dba::agent::MakeDatabase, std::cout, std::cerr);
  }
  const auto arguments = dba::InitMain(
      argc, argv,
      {"dba-agent",
       "Serves the DBA operator's agent API for one database. `dba-agent check --help` tells of hints without a "
       "cluster.\n\n"
       "  dba-agent --credentials_dir=/credentials --tls_cert=tls.crt --tls_key=tls.key --tls_client_ca=ca.crt\n"
       "  dba-agent --credentials_dir=./credentials --tls_mode=Disable --insecure --listen=127.0.0.1:8443\n"
       "  grpcurl -plaintext 127.0.0.1:8443 list"});
  if (!arguments.empty()) {
    return Fail(absl::InvalidArgumentError(absl::StrCat("unexpected argument ", arguments[0], "; see --help")));
  }
  const auto config = dba::agent::ConfigFromFlags();
  if (!config.ok()) return Fail(config.status());
  return Run(*config);
}
