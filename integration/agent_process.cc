// SPDX-License-Identifier: Apache-2.0
#include "integration/agent_process.h"

#include <httplib.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status_macros.h"
#include "common/testing/wait_for.h"

namespace dba {

absl::StatusOr<std::unique_ptr<AgentProcess>> AgentProcess::Start(const Keys& keys, std::vector<std::string> flags) {
  std::unique_ptr<AgentProcess> agent(new AgentProcess());
  agent->Swap(keys);
  Subprocess::Options options;
  options.args = {"dbagent/dba-agent",          "--listen=127.0.0.1:0",
                  "--admin_listen=127.0.0.1:0", "--insecure",
                  "--tls_mode=Disable",         absl::StrCat("--credentials_dir=", agent->folder_.path())};
  options.args.insert(options.args.end(), flags.begin(), flags.end());
  DBA_ASSIGN_OR_RETURN(agent->process_, Subprocess::Start(options));
  int& port = agent->port_;
  const bool serves = WaitFor([&] {
    port = agent->PortAfter("listening on 127.0.0.1:");
    return port != 0 || !agent->process_->Running();
  });
  if (!serves || port == 0) return absl::UnavailableError(absl::StrCat("dba-agent: ", agent->process_->Stderr()));
  agent->metrics_port_ = agent->PortAfter("metrics on 127.0.0.1:");
  agent->channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials());
  agent->stub_ = dbaoperator::agent::v1::DatabaseAgent::NewStub(agent->channel_);
  return agent;
}

int AgentProcess::PortAfter(const std::string& words) {
  const std::string log = process_->Stderr();
  const size_t at = log.find(words);
  if (at == std::string::npos) return 0;
  const size_t begin = at + words.size();
  const size_t end = log.find_first_not_of("0123456789", begin);
  int port = 0;
  return end != std::string::npos && absl::SimpleAtoi(log.substr(begin, end - begin), &port) ? port : 0;
}

void AgentProcess::Swap(const Keys& keys) {
  namespace fs = std::filesystem;
  const fs::path folder = folder_.path();
  const std::string generation = absl::StrCat("..generation", ++generation_);
  fs::create_directory(folder / generation);
  for (const auto& [key, value] : keys) std::ofstream(folder / generation / key, std::ios::binary) << value;
  fs::create_symlink(generation, folder / "..data_tmp");
  fs::rename(folder / "..data_tmp", folder / "..data");
  if (generation_ > 1) fs::remove_all(folder / absl::StrCat("..generation", generation_ - 1));
}

absl::StatusOr<std::string> AgentProcess::Scrape() {
  httplib::Client client("127.0.0.1", metrics_port_);
  const httplib::Result result = client.Get("/metrics");
  if (!result || result->status != 200) return absl::UnavailableError("/metrics does not answer");
  return result->body;
}

std::unique_ptr<grpc::ClientContext> Within(absl::Duration duration) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(absl::ToChronoTime(absl::Now() + duration));
  return context;
}

}  // namespace dba
