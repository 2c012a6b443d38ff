// SPDX-License-Identifier: Apache-2.0
//
// The part of the seam to a server that hints are judged on. Every call reads only and takes no lock that a writer
// could feel; deadlines, errors and threads as in database.h.
#ifndef DBA_DBAGENT_DB_FACTS_SOURCE_H_
#define DBA_DBAGENT_DB_FACTS_SOURCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dbagent/db/identifier.h"
#include "dbagent/hints/facts.h"
#include "dbagent/hints/probe.h"

namespace dba::agent {

// The counters of writes of one table at one moment.
struct WriteSample {
  TableName table;               // as asked for
  std::optional<double> writes;  // rows inserted, updated and deleted since the counters were last reset
  std::string unknown;           // why `writes` is absent
  std::string epoch;             // counters of two epochs cannot be compared: time of the reset, id of the table
};

struct WriteSamples {
  absl::Time at;  // by the server's clock
  std::vector<WriteSample> tables;
};

struct GatheredFacts {
  hints::HintFacts facts;
  WriteSamples writes;  // of the tables that exist, by their full names
};

class FactsSource {
 public:
  virtual ~FactsSource() = default;

  // Facts of the tables from the catalogs alone: never waits behind a lock on a table of users. A table that is not
  // there is a fact, not an error. TableFacts::writes stays unknown: the sampler fills it in.
  virtual absl::StatusOr<GatheredFacts> GatherFacts(const hints::FactsRequest& request, absl::Time deadline) = 0;

  // Answers a question about the rows. The call is over after `timeout` and a round trip, whatever the server does; the
  // server is told to stop before that, and to wait for locks no longer than 200 ms (MySQL, MariaDB: 1 s). A question
  // that cannot be answered is the answer Unknown; a status means that the server could not be asked.
  virtual absl::StatusOr<hints::ProbeAnswer> Probe(const hints::DataProbe& probe, absl::Duration timeout,
                                                   absl::Time deadline) = 0;

  // The write counters of the tables now.
  virtual absl::StatusOr<WriteSamples> SampleWrites(const std::vector<TableName>& tables, absl::Time deadline) = 0;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_DB_FACTS_SOURCE_H_
