// SPDX-License-Identifier: Apache-2.0
//
// hints_matrix: runs cases of the hint matrix and prints what was measured beside what the agent had said.
// README.md of this folder shows how to use it.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/status_macros.h"
#include "common/testing/subprocess.h"
#include "common/testing/temp_dir.h"
#include "integration/hints/matrix.h"
#include "integration/hints/score.h"

ABSL_FLAG(std::vector<std::string>, servers,
          std::vector<std::string>({"postgres15", "postgres18", "mariadb1011", "mariadb118", "mysql97"}),
          "which servers, two at a time");
ABSL_FLAG(std::vector<std::string>, cases, {}, "files of cases");
ABSL_FLAG(std::vector<std::string>, only, {}, "parts of the ids of the cases to run; empty: all");
ABSL_FLAG(std::string, out, "", "where the rows are written to, as lines of JSON");
ABSL_FLAG(bool, ask, true, "ask the agent");
ABSL_FLAG(bool, migrate, true, "run the migrations; without, nothing is measured");
ABSL_FLAG(std::string, measured, "", "rows of an earlier run with --out: what is in them is not measured again");
ABSL_FLAG(
    int, lanes, 1,
    "how many cases run at a time: more than one only for small tables without background or settings, not on MariaDB");
ABSL_FLAG(bool, disagreements, false, "print only rows where the agent and the measurement disagree");
ABSL_FLAG(bool, truth, false, "print each row's measurements instead of the matrix");

namespace dba::hints {
namespace {

using Rows = std::vector<TruthRow>;

void PrintTruth(const TruthRow& row, std::ostream& out) {
  out << absl::StrFormat("%-11s %-44s %6.0f ms, stalls w %5.0f r %5.0f %-4s %-32s", row.server, row.id, row.ddl_ms,
                         row.write_stall_ms, row.read_stall_ms, row.rewritten ? "new" : "",
                         absl::StrJoin(row.harms, ","));
  for (const std::string* detail : {&row.error, &row.old_writer, &row.unverified}) {
    if (!detail->empty()) out << " | " << detail->substr(0, 90);
  }
  out << std::endl;
}

absl::StatusOr<Rows> ReadRows(const std::string& path) {
  Rows rows;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    DBA_ASSIGN_OR_RETURN(TruthRow row, FromJson(line));
    rows.push_back(std::move(row));
  }
  return rows;
}

absl::StatusOr<Rows> RunOne(const std::string& server) {
  MatrixOptions options;
  if (!absl::GetFlag(FLAGS_measured).empty()) {
    DBA_ASSIGN_OR_RETURN(options.measured, ReadRows(absl::GetFlag(FLAGS_measured)));
  }
  options.server = server;
  options.lanes = absl::GetFlag(FLAGS_lanes);
  options.files = absl::GetFlag(FLAGS_cases);
  options.chosen = [only = absl::GetFlag(FLAGS_only)](const HintCase& hint_case) {
    const auto holds = [&](const std::string& word) { return absl::StrContains(hint_case.id, word); };
    return only.empty() || std::any_of(only.begin(), only.end(), holds);
  };
  options.run = {absl::GetFlag(FLAGS_migrate), absl::GetFlag(FLAGS_ask)};
  std::ofstream out;
  if (!absl::GetFlag(FLAGS_out).empty()) out.open(absl::GetFlag(FLAGS_out));
  options.on_row = [&](const TruthRow& row) {
    if (out.is_open()) out << ToJson(row) << std::endl;
    if (absl::GetFlag(FLAGS_truth)) PrintTruth(row, std::cout);
  };
  return RunMatrix(options);
}

// Each server in a process of its own: the environment chooses the programs.
absl::StatusOr<std::unique_ptr<Subprocess>> StartOne(const std::string& program, const std::string& server,
                                                     const std::string& out) {
  Subprocess::Options options;
  options.args = {program,
                  "--servers=" + server,
                  "--out=" + out,
                  "--cases=" + absl::StrJoin(absl::GetFlag(FLAGS_cases), ","),
                  "--only=" + absl::StrJoin(absl::GetFlag(FLAGS_only), ","),
                  "--measured=" + absl::GetFlag(FLAGS_measured),
                  absl::StrCat("--lanes=", absl::GetFlag(FLAGS_lanes)),
                  absl::StrCat("--ask=", absl::GetFlag(FLAGS_ask)),
                  absl::StrCat("--migrate=", absl::GetFlag(FLAGS_migrate))};
  return Subprocess::Start(options);
}

absl::StatusOr<Rows> RunMany(const std::string& program, const std::vector<std::string>& servers) {
  const TempDir folder;
  Rows all;
  for (size_t first = 0; first < servers.size(); first += 2) {
    std::vector<std::unique_ptr<Subprocess>> running;
    for (size_t i = first; i < std::min(first + 2, servers.size()); ++i) {
      DBA_ASSIGN_OR_RETURN(std::unique_ptr<Subprocess> process, StartOne(program, servers[i], folder.File(servers[i])));
      running.push_back(std::move(process));
    }
    for (size_t i = 0; i < running.size(); ++i) {
      DBA_ASSIGN_OR_RETURN(const int code, running[i]->Wait(absl::Minutes(30)));
      if (code > 1) return absl::InternalError(absl::StrCat(servers[first + i], ": ", running[i]->Stderr()));
      DBA_ASSIGN_OR_RETURN(const Rows rows, ReadRows(folder.File(servers[first + i])));
      all.insert(all.end(), rows.begin(), rows.end());
      std::cerr << servers[first + i] << ": " << rows.size() << " cases\n";
    }
  }
  std::ofstream out(absl::GetFlag(FLAGS_out));
  for (const TruthRow& row : all) out << ToJson(row) << "\n";
  return all;
}

// 0: the agent agrees everywhere; 1: it does not; 2: the matrix could not be run.
int Main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  const std::vector<std::string> servers = absl::GetFlag(FLAGS_servers);
  const absl::StatusOr<Rows> rows = servers.size() == 1 ? RunOne(servers[0]) : RunMany(argv[0], servers);
  if (!rows.ok()) {
    std::cerr << "hints_matrix: " << rows.status().message() << "\n";
    return 2;
  }
  if (absl::GetFlag(FLAGS_truth) && servers.size() > 1) {
    for (const TruthRow& row : *rows) PrintTruth(row, std::cout);
  }
  if (!absl::GetFlag(FLAGS_ask)) return 0;
  PrintMatrix(*rows, absl::GetFlag(FLAGS_disagreements), std::cout);
  const Score score = Count(*rows);
  return score.agreements == score.cells ? 0 : 1;
}

}  // namespace
}  // namespace dba::hints

int main(int argc, char** argv) { return dba::hints::Main(argc, argv); }
