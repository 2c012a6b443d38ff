// SPDX-License-Identifier: Apache-2.0
#include "dbagent/check/check.h"

#include <algorithm>
#include <fstream>
#include <memory>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/clock.h"
#include "common/status_macros.h"
#include "common/stop_token.h"
#include "dbagent/check/hint_file.h"
#include "dbagent/check/options.h"
#include "dbagent/check/report.h"
#include "dbagent/db/clear_text.h"
#include "dbagent/db/dsn.h"
#include "dbagent/hint_checker.h"
#include "dbagent/write_sampler.h"

namespace dba::agent::check {
namespace {

enum ExitCode { kNothingBlocks = 0, kBlocks = 1, kNotChecked = 2 };

constexpr size_t kMostFileBytes = 1 << 20;
constexpr size_t kMostUriBytes = 16 << 10;

// At most one byte more than `most`, so that the caller sees that it is too long.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t most) {
  std::ifstream file(path, std::ios::binary);
  std::string text(most + 1, '\0');
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad() || (file.fail() && !file.eof())) {
    return absl::NotFoundError(absl::StrCat(path, " cannot be read; is it a file, and yours?"));
  }
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > most) return absl::InvalidArgumentError(absl::StrCat(path, " is longer than ", most, " bytes"));
  return text;
}

absl::StatusOr<std::shared_ptr<Database>> Connect(const Options& options, const DatabaseSource::Make& make) {
  if (!options.connection_dir.empty()) return DatabaseSource(options.connection_dir, options.connect, make).Get();
  DBA_ASSIGN_OR_RETURN(std::string uri, ReadFile(options.connection, kMostUriBytes));
  const absl::Cleanup wipe = [&uri] { Wipe(uri); };
  const absl::StatusOr<Dsn> dsn = ParseDsnUri(absl::StripAsciiWhitespace(uri));
  if (!dsn.ok()) return absl::InvalidArgumentError(absl::StrCat(options.connection, ": ", dsn.status().message()));
  return std::shared_ptr<Database>(make(*dsn, options.connect));
}

struct Input {
  std::vector<LocatedHint> hints;
  hints::Policy policy;
};

absl::StatusOr<Input> ReadInput(const Options& options) {
  Input input;
  std::vector<HintFile> files;
  bool has_policy = false;
  for (const std::string& path : options.hints) {
    DBA_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMostFileBytes));
    DBA_ASSIGN_OR_RETURN(HintFile file, ReadHintFile(text, path));
    if (file.policy && std::exchange(has_policy, true) && options.policy.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, " holds a second ManagedDatabase; choose one with --policy"));
    }
    if (file.policy) input.policy = *file.policy;
    files.push_back(std::move(file));
  }
  if (!options.policy.empty()) {
    DBA_ASSIGN_OR_RETURN(const std::string text, ReadFile(options.policy, kMostFileBytes));
    DBA_ASSIGN_OR_RETURN(input.policy, ReadPolicyFile(text, options.policy));
  }
  DBA_ASSIGN_OR_RETURN(input.hints, InOrder(std::move(files), options.migrations));
  return input;
}

absl::StatusOr<Report> Judge(const Options& options, Input input, const std::shared_ptr<Database>& database) {
  Report report;
  DBA_ASSIGN_OR_RETURN(report.server, database->Describe(absl::Now() + options.timeout));
  std::vector<absl::StatusOr<hints::Hint>> wanted;
  std::vector<hints::Hint> readable;
  for (const LocatedHint& hint : input.hints) {
    wanted.push_back(hint.hint);
    if (hint.hint.ok()) readable.push_back(*hint.hint);
  }
  RealClock clock;
  WriteSampler sampler([&database] { return database; }, &clock);
  if (options.watch > absl::ZeroDuration()) {
    (void)sampler.Rates(hints::RequestFor(readable).tables, options.watch, absl::Now() + options.timeout);
    clock.WaitFor(options.watch, StopSource().Token());
    input.policy.write_window = std::max(input.policy.write_window, 2 * options.watch);
  }
  HintChecker checker(&sampler);
  DBA_ASSIGN_OR_RETURN(HintCheck check,
                       checker.Check(*database, wanted, input.policy, "", absl::Now() + options.timeout));
  report.hints = std::move(input.hints);
  report.evaluation = std::move(check.evaluation);
  report.checked_at = check.checked_at;
  return report;
}

absl::StatusOr<Report> Run(const Options& options, const DatabaseSource::Make& make) {
  DBA_ASSIGN_OR_RETURN(Input input, ReadInput(options));
  DBA_ASSIGN_OR_RETURN(const std::shared_ptr<Database> database, Connect(options, make));
  return Judge(options, std::move(input), database);
}

std::string Print(const Report& report, Output output) {
  switch (output) {
    case Output::kText:
      return TextReport(report);
    case Output::kJson:
      return JsonReport(report);
    case Output::kSarif:
      return SarifReport(report);
    case Output::kGithub:
      return GithubReport(report);
  }
  return "";
}

std::string Reason(const absl::Status& status) {
  const bool away = status.code() == absl::StatusCode::kUnavailable;
  return absl::StrCat(status.message(), away ? "; look at the address in the credentials, and at --tls_mode" : "");
}

}  // namespace

int Check(const std::vector<std::string>& arguments, const DatabaseSource::Make& make, std::ostream& out,
          std::ostream& err) {
  const absl::StatusOr<Options> options = ParseOptions(arguments);
  if (options.ok() && options->help) {
    out << HelpText() << std::flush;
    return kNothingBlocks;
  }
  absl::StatusOr<Report> report = options.ok() ? Run(*options, make) : absl::StatusOr<Report>(options.status());
  if (!report.ok()) {
    const std::string reason = Reason(report.status());
    err << "dba-agent check: " << reason << "\n";
    if (options.ok() && options->output == Output::kGithub) out << GithubError(reason) << std::flush;
    return kNotChecked;
  }
  report->command = CommandLine(arguments);
  out << Print(*report, options->output) << std::flush;
  if (!out) {
    err << "dba-agent check: the output cannot be written; is the disk full, or the reader gone?\n";
    return kNotChecked;
  }
  return Count(*report, hints::Effect::kBlock) > 0 ? kBlocks : kNothingBlocks;
}

}  // namespace dba::agent::check
