// SPDX-License-Identifier: Apache-2.0
#include "dbagent/write_sampler.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/log.h"
#include "common/status_macros.h"

namespace dba::agent {
namespace {

using hints::Fact;
using hints::WriteRate;

constexpr absl::Duration kInterval = absl::Seconds(10);
constexpr absl::Duration kRestAfter = absl::Minutes(30);
constexpr absl::Duration kKeep = absl::Hours(1);
constexpr absl::Duration kSampleTimeout = absl::Seconds(5);
constexpr absl::Duration kShortestWindow = absl::Seconds(1);
// PostgreSQL's sessions report their counters at most once a second (15 manual, 28.2): a shorter window without a
// write proves nothing.
constexpr absl::Duration kShortestQuietWindow = absl::Milliseconds(2100);
constexpr size_t kMostTables = 1000;

}  // namespace

WriteSampler::WriteSampler(GetDatabase database, Clock* clock)
    : database_(std::move(database)), clock_(clock), thread_([this] { Loop(); }) {}

WriteSampler::~WriteSampler() {
  stop_.RequestStop();
  thread_.join();
}

void WriteSampler::Loop() {
  while (clock_->WaitFor(kInterval, stop_.Token())) {
    {
      MutexLock lock(&mutex_);
      const absl::Duration now = clock_->Monotonic();
      for (auto i = series_.begin(); i != series_.end();) {
        i = now - i->second.asked > kRestAfter ? series_.erase(i) : std::next(i);
      }
      if (series_.empty()) continue;
    }
    const absl::Status status = SampleNow(clock_->Now() + kSampleTimeout);
    if (!status.ok()) LogWarning("writes not sampled", {{"status", status}});
  }
}

absl::Status WriteSampler::SampleNow(absl::Time deadline) {
  MutexLock one_at_a_time(&sampling_);
  std::vector<TableName> tables;
  {
    MutexLock lock(&mutex_);
    for (const auto& [name, series] : series_) tables.push_back(series.table);
  }
  DBA_ASSIGN_OR_RETURN(const std::shared_ptr<Database> database, database_());
  DBA_ASSIGN_OR_RETURN(const WriteSamples samples, database->SampleWrites(tables, deadline));
  MutexLock lock(&mutex_);
  Add(samples);
  return absl::OkStatus();
}

void WriteSampler::Add(const WriteSamples& samples) {
  for (const WriteSample& sample : samples.tables) {
    const auto found = series_.find(hints::FormatTableName(sample.table));
    if (found == series_.end()) continue;
    Series& series = found->second;
    series.unknown = sample.unknown;
    if (!sample.writes) {
      series.samples.clear();
      continue;
    }
    // Somebody else was faster to add a later one.
    if (!series.samples.empty() && samples.at <= series.samples.back().at) continue;
    // A counter that fell, or began anew, says nothing of what was before.
    if (!series.samples.empty() &&
        (series.samples.back().epoch != sample.epoch || series.samples.back().writes > *sample.writes)) {
      series.samples.clear();
    }
    // Of samples close to each other the last is enough.
    const size_t kept = series.samples.size();
    if (kept >= 2 && series.samples[kept - 1].at - series.samples[kept - 2].at < kShortestWindow) {
      series.samples.pop_back();
    }
    series.samples.push_back({samples.at, *sample.writes, sample.epoch});
    while (samples.at - series.samples.front().at > kKeep) series.samples.pop_front();
  }
}

Fact<WriteRate> WriteSampler::RateOf(const Series& series, absl::Duration window) const {
  if (!series.unknown.empty()) return Fact<WriteRate>::Unknown(series.unknown);
  if (series.samples.empty()) return Fact<WriteRate>::Unknown("the writes were not counted yet");
  const Sample& last = series.samples.back();
  const auto first = std::find_if(series.samples.begin(), series.samples.end(),
                                  [&](const Sample& sample) { return last.at - sample.at <= window; });
  const absl::Duration length = last.at - first->at;
  const double writes = last.writes - first->writes;
  if (length < kShortestWindow || (writes == 0 && length < kShortestQuietWindow)) {
    return Fact<WriteRate>::Unknown("the writes were not counted for long enough yet");
  }
  return WriteRate{writes / absl::ToDoubleSeconds(length), length};
}

WriteSampler::Rate WriteSampler::RateOf(const TableName& table, absl::Duration window) const {
  const auto found = series_.find(hints::FormatTableName(table));
  if (found == series_.end()) return {Fact<WriteRate>::Unknown("too many tables are watched")};
  Rate rate = {RateOf(found->second, std::max(window, kShortestQuietWindow))};
  rate.counting = !rate.rate.known() && found->second.unknown.empty();
  return rate;
}

void WriteSampler::Register(const TableName& table) {
  const std::string key = hints::FormatTableName(table);
  if (series_.count(key) == 0 && series_.size() >= kMostTables) return;
  Series& series = series_[key];
  series.table = table;
  series.asked = clock_->Monotonic();
}

bool WriteSampler::AllKnown(const std::vector<TableName>& tables) {
  MutexLock lock(&mutex_);
  return std::none_of(tables.begin(), tables.end(), [&](const TableName& table) {
    mutex_.AssertHeld();
    return RateOf(table, kKeep).counting;
  });
}

std::vector<WriteSampler::Rate> WriteSampler::Record(const WriteSamples& samples, absl::Duration window) {
  MutexLock lock(&mutex_);
  for (const WriteSample& sample : samples.tables) Register(sample.table);
  Add(samples);
  std::vector<Rate> rates;
  for (const WriteSample& sample : samples.tables) rates.push_back(RateOf(sample.table, window));
  return rates;
}

std::vector<Fact<WriteRate>> WriteSampler::Rates(const std::vector<TableName>& tables, absl::Duration window,
                                                 absl::Time deadline) {
  std::vector<Fact<WriteRate>> rates;
  if (tables.empty()) return rates;
  {
    MutexLock lock(&mutex_);
    for (const TableName& table : tables) Register(table);
  }
  absl::Status status = SampleNow(deadline);
  while (status.ok() && !AllKnown(tables)) {
    const absl::Duration step = absl::Milliseconds(1050);
    if (clock_->Now() + step >= deadline || !clock_->WaitFor(step, stop_.Token())) break;
    status = SampleNow(deadline);
  }
  MutexLock lock(&mutex_);
  for (const TableName& table : tables) {
    rates.push_back(status.ok() ? RateOf(table, window).rate : Fact<WriteRate>::Unknown(std::string(status.message())));
  }
  return rates;
}

}  // namespace dba::agent
