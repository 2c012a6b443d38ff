// SPDX-License-Identifier: Apache-2.0
//
// How many rows a second are written to tables: samples of the servers' own counters, kept in a ring. A thread samples
// while somebody asks; after half an hour without a question it rests.
#ifndef DBA_DBAGENT_WRITE_SAMPLER_H_
#define DBA_DBAGENT_WRITE_SAMPLER_H_

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock.h"
#include "common/mutex.h"
#include "dbagent/db/database.h"

namespace dba::agent {

// Thread-safe. Uses at most one connection at a time.
class WriteSampler {
 public:
  using GetDatabase = std::function<absl::StatusOr<std::shared_ptr<Database>>()>;

  WriteSampler(GetDatabase database, Clock* clock);
  ~WriteSampler();

  struct Rate {
    hints::Fact<hints::WriteRate> rate;
    bool counting = false;  // unknown only because it was not counted for long enough yet
  };

  // Adds samples that somebody took, and says what is known with them, in their order. Asks the server for nothing; the
  // tables are watched from now on.
  std::vector<Rate> Record(const WriteSamples& samples, absl::Duration window);

  // The rate of each table over at most `window`, in the order asked. Blocks for about two seconds for a table that is
  // asked for the first time, but never past `deadline`; what cannot be told is unknown with the reason.
  std::vector<hints::Fact<hints::WriteRate>> Rates(const std::vector<TableName>& tables, absl::Duration window,
                                                   absl::Time deadline);

 private:
  struct Sample {
    absl::Time at;
    double writes;
    std::string epoch;
  };
  struct Series {
    TableName table;
    std::deque<Sample> samples;  // oldest first, all of one epoch, never falling
    std::string unknown;
    absl::Duration asked;  // on the monotonic clock
  };

  void Loop();
  absl::Status SampleNow(absl::Time deadline);
  void Add(const WriteSamples& samples) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  hints::Fact<hints::WriteRate> RateOf(const Series& series, absl::Duration window) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Rate RateOf(const TableName& table, absl::Duration window) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Register(const TableName& table) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool AllKnown(const std::vector<TableName>& tables);

  const GetDatabase database_;
  Clock* const clock_;
  StopSource stop_;
  Mutex sampling_;  // held while the server is asked
  Mutex mutex_;
  std::map<std::string, Series> series_ ABSL_GUARDED_BY(mutex_);  // by FormatTableName
  std::thread thread_;
};

}  // namespace dba::agent

#endif  // DBA_DBAGENT_WRITE_SAMPLER_H_
