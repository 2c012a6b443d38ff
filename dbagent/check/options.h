// SPDX-License-Identifier: Apache-2.0
//
// The command line of `dba-agent check`. Pure.
#ifndef DBA_DBAGENT_CHECK_OPTIONS_H_
#define DBA_DBAGENT_CHECK_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dbagent/db/connect_options.h"

namespace dba::agent::check {

enum class Output { kText, kJson, kSarif, kGithub };

struct Options {
  bool help = false;
  std::string connection;          // file that holds a URI
  std::string connection_dir;      // or a folder as DatabaseSource reads it
  std::vector<std::string> hints;  // files
  std::string policy;              // file; empty: that of the hints' files, or the default
  std::vector<std::string> migrations;
  Output output = Output::kText;
  absl::Duration watch;  // how long writes are counted before
  absl::Duration timeout = absl::Seconds(30);
  ConnectOptions connect;
};

// Takes --name=value and --name value. INVALID_ARGUMENT names the flag and the remedy, never a value of --connection.
absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments);

// What --help prints.
std::string HelpText();

// The command for a shell that repeats the check.
std::string CommandLine(const std::vector<std::string>& arguments);

}  // namespace dba::agent::check

#endif  // DBA_DBAGENT_CHECK_OPTIONS_H_
