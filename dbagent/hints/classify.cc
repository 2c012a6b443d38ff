// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/classify.h"

#include <algorithm>

namespace dba::agent::hints {
namespace {

struct Throughput {
  double rows_per_second;
  double bytes_per_second;
};

// Measured on this project's test tables, cached, on two cores; a server that reads from disk is slower, so the
// estimate is a lower bound for tables that do not fit its memory. docs/hints.md has the figures.
Throughput ThroughputOf(Work work, Engine engine) {
  const bool postgres = engine == Engine::kPostgresql;
  switch (work) {
    case Work::kMetadata:
      return {0, 0};
    case Work::kScan:
      return postgres ? Throughput{8e6, 800e6} : Throughput{2e6, 300e6};
    case Work::kIndexBuild:
      return postgres ? Throughput{1.2e6, 150e6} : Throughput{400e3, 60e6};
    case Work::kRewrite:
      return postgres ? Throughput{600e3, 80e6} : Throughput{150e3, 25e6};
  }
  return {0, 0};
}

}  // namespace

absl::string_view Word(Work work) {
  switch (work) {
    case Work::kMetadata:
      return "METADATA";
    case Work::kScan:
      return "SCAN";
    case Work::kIndexBuild:
      return "INDEX_BUILD";
    case Work::kRewrite:
      return "REWRITE";
  }
  return "";
}

Impact Classify(const Hint& hint, const SchemaState& state) {
  return state.server().engine == Engine::kPostgresql ? ClassifyPostgres(hint, state) : ClassifyMysql(hint, state);
}

std::optional<absl::Duration> ExpectedDuration(const Impact& impact, const TableFacts& table, Engine engine) {
  if (impact.work == Work::kMetadata) return absl::ZeroDuration();
  const Throughput throughput = ThroughputOf(impact.work, engine);
  std::optional<double> seconds;
  if (table.rows.known()) seconds = *table.rows / throughput.rows_per_second;
  if (table.bytes.known()) {
    const double by_bytes = static_cast<double>(*table.bytes) / throughput.bytes_per_second;
    seconds = std::max(seconds.value_or(0), by_bytes);
  }
  if (!seconds) return std::nullopt;
  return absl::Seconds(*seconds);
}

}  // namespace dba::agent::hints
