// SPDX-License-Identifier: Apache-2.0
//
// A private server with one large table, image, for hints_bench.
#ifndef DBA_INTEGRATION_BENCH_BENCH_SERVER_H_
#define DBA_INTEGRATION_BENCH_BENCH_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "integration/agent_process.h"

namespace dba {

struct BenchServer {
  std::string name;               // with its version
  std::vector<std::string> fill;  // SQL that makes the table
  std::string table;              // as its SQL calls it
  std::string reader;             // SQL of a session that reads from it for a minute
  std::string reading;            // says 1 when it reads
  std::string waiting;            // says 1 when an ALTER waits
  std::string size;               // says the bytes
  AgentProcess::Keys keys;        // the agent's credentials
  // One statement; the first cell of its result.
  std::function<absl::StatusOr<std::string>(const std::string& sql)> run;
  // Ends it, and with it every session. The server ends with the last copy of this.
  std::function<void()> kill;
};

// engine  postgresql, mariadb or mysql. INVALID_ARGUMENT: another one.
absl::StatusOr<BenchServer> StartBenchServer(const std::string& engine, int rows);

}  // namespace dba

#endif  // DBA_INTEGRATION_BENCH_BENCH_SERVER_H_
