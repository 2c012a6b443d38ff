// SPDX-License-Identifier: Apache-2.0
//
// dba-controller: migrates ManagedDatabases and publishes their credentials. Wiring only.
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/admin_server.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/main_util.h"
#include "common/random.h"
#include "common/status_macros.h"
#include "common/version.h"
#include "controller/agent/agent_pool.h"
#include "controller/config.h"
#include "controller/crash_point.h"
#include "controller/database_metrics.h"
#include "controller/event_listener.h"
#include "controller/kube/httplib_transport.h"
#include "controller/kube/rest_kube_client.h"
#include "controller/leadership.h"
#include "controller/operator.h"
#include "controller/reconcile/reconciler.h"
#include "controller/runtime_metrics.h"

namespace dba {
namespace {

constexpr absl::Duration kLongestBackoff = absl::Seconds(30);
constexpr absl::Duration kLeaseCallTimeout = absl::Seconds(4);

absl::StatusOr<std::unique_ptr<AdminServer>> StartAdmin(const Config& config, const RuntimeMetrics& runtime,
                                                        std::shared_ptr<DatabaseMetrics> databases,
                                                        const Operator& op) {
  AdminServer::Options options;
  options.host = config.admin_host;
  options.port = config.admin_port;
  options.metrics = {runtime.registry(), std::move(databases)};
  options.readiness = [&op] {
    return op.HasSynced() ? absl::OkStatus()
                          : absl::UnavailableError("not everything has been listed yet; see the log");
  };
  return AdminServer::Start(std::move(options));
}

Operator::Options OperatorOptions(const Config& config, RuntimeMetrics& metrics) {
  Operator::Options options;
  options.name_space = config.name_space;
  options.controller.name = "manageddatabase";
  options.controller.workers = config.workers;
  options.controller.resync_period = config.resync;
  options.controller.backoff.maximum = kLongestBackoff;
  options.controller.queue_observer = metrics.Queue();
  options.controller.observer = [&metrics](absl::string_view result, absl::Duration took) {
    metrics.ObserveReconcile(result, took);
  };
  return options;
}

absl::Status Run(const Config& config) {
  StopSource stop;
  SignalStop signals(stop);
  RealClock clock;
  KernelRandom random;
  RuntimeMetrics runtime_metrics;
  auto database_metrics = std::make_shared<DatabaseMetrics>();

  DBA_ASSIGN_OR_RETURN(const kube::ApiServerConfig server, kube::FindApiServer(config.kubeconfig));
  DBA_ASSIGN_OR_RETURN(const auto channel_credentials, agent::MakeChannelCredentials(config.agents));
  kube::CredentialSource credentials(server, &clock);
  kube::HttplibTransport transport(&credentials, &clock, absl::StrCat("dba-controller/", Version()));
  kube::RestKubeClient::Options kube_options;
  kube_options.observer = runtime_metrics.Requests();
  kube::RestKubeClient kube(&transport, &credentials, &random, kube_options);
  kube::EventRecorder::Options event_options;
  event_options.instance = config.identity;
  kube::EventRecorder events(&kube, &clock, &random, event_options);
  EventListener listener(&events, database_metrics.get());
  // A call that hangs must not outlast the Lease.
  kube_options.call_timeout = kLeaseCallTimeout;
  kube::RestKubeClient lease_kube(&transport, &credentials, &random, kube_options);
  Leadership leadership(&lease_kube, &clock, &random, config);
  agent::AgentPool agents(channel_credentials, &leadership, {});
  Reconciler* reconciler = nullptr;
  Operator op(&kube, &clock, &random, OperatorOptions(config, runtime_metrics),
              [&reconciler](const kube::ObjectKey& key, const StopToken& token) -> ReconcileResult {
                const Retry retry = reconciler->Reconcile(key, token);
                return {retry.status, retry.requeue_after};
              });
  Observer observer(&kube, &agents, &op);
  Executor executor(&kube, &agents, &random, leadership.Fence(CrashPointFromFlags()));
  Reconciler the_reconciler(&observer, &executor, &listener, &clock);
  reconciler = &the_reconciler;

  DBA_ASSIGN_OR_RETURN(const auto admin, StartAdmin(config, runtime_metrics, database_metrics, op));
  LogInfo("serving metrics", {{"address", absl::StrCat(config.admin_host, ":", admin->port())}});
  op.StartWatching();
  while (!op.HasSynced() && clock.WaitFor(absl::Milliseconds(20), stop.Token())) {
  }
  if (op.HasSynced()) {
    leadership.Lead([&op] { op.StartWorking(); }, [&op] { op.Stop(); },
                    [&runtime_metrics](bool leading) { runtime_metrics.ObserveLeading(leading); }, stop.Token());
  }
  op.Stop();
  return absl::OkStatus();
}

int Fail(const absl::Status& status) {
  std::cerr << "dba-controller: " << status.message() << "\n";
  return EXIT_FAILURE;
}

}  // namespace
}  // namespace dba

int main(int argc, char** argv) {
  const auto arguments = dba::InitMain(
      argc, argv,
      {"dba-controller",
       "Migrates ManagedDatabases and publishes their credentials.\n\n"
       "  dba-controller --agent_ca=ca.crt --agent_cert=tls.crt --agent_key=tls.key       in a Pod\n"
       "  dba-controller --kubeconfig=FILE --insecure --leader_elect=false                on a workstation\n"
       "  kubectl get mdb -A"});
  if (!arguments.empty()) {
    return dba::Fail(absl::InvalidArgumentError(absl::StrCat("unexpected argument ", arguments[0], "; see --help")));
  }
  const auto config = dba::ConfigFromFlags();
  if (!config.ok()) return dba::Fail(config.status());
  const absl::Status status = dba::Run(*config);
  if (!status.ok()) return dba::Fail(status);
  dba::LogInfo("stopped");
  return EXIT_SUCCESS;
}
