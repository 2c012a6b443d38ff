// SPDX-License-Identifier: Apache-2.0
//
// What a file of hints holds: a list of hints, or documents of Kubernetes. Pure.
#ifndef DBA_DBAGENT_CHECK_HINT_FILE_H_
#define DBA_DBAGENT_CHECK_HINT_FILE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dbagent/hints/hint.h"
#include "dbagent/hints/policy.h"

namespace dba::agent::check {

struct LocatedHint {
  absl::StatusOr<hints::Hint> hint;  // a status: it cannot be read, which is a finding
  std::string title;                 // "AddColumn image.size"
  std::string file;
  int line = 1;
  std::string migration;  // the DatabaseMigration's name; empty: a plain list
};

struct Migration {
  std::string name;
  std::string previous;
  std::vector<LocatedHint> hints;
};

struct HintFile {
  std::vector<LocatedHint> hints;       // of plain lists
  std::vector<Migration> migrations;    // one for each DatabaseMigration
  std::optional<hints::Policy> policy;  // of the ManagedDatabase
};

// Lists of hints, DatabaseMigrations, at most one ManagedDatabase, and Lists of these; documents of other kinds are
// passed over. INVALID_ARGUMENT names the file and the line: not YAML, no hints in it, spec.hints of a wrong type, two
// ManagedDatabases.
//   text  at most 1 MiB
//   name  of the file, for errors and findings
absl::StatusOr<HintFile> ReadHintFile(absl::string_view text, const std::string& name);

// The policy of a file that holds one ManagedDatabase, or its spec.hints alone.
absl::StatusOr<hints::Policy> ReadPolicyFile(absl::string_view text, const std::string& name);

// All hints in the order they will run: plain lists first, each migration after its `previous`, else as in the files.
// Transactions of two migrations are two. INVALID_ARGUMENT: two of one name, a circle, a name of `chosen` that is not
// there, more than 1,000 hints.
//   chosen  names of migrations; empty: all
absl::StatusOr<std::vector<LocatedHint>> InOrder(std::vector<HintFile> files, const std::vector<std::string>& chosen);

}  // namespace dba::agent::check

#endif  // DBA_DBAGENT_CHECK_HINT_FILE_H_
