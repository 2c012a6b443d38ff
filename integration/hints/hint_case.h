// SPDX-License-Identifier: Apache-2.0
//
// A case of the hint matrix: a table, what happens to it, a migration of it, and the hints that announce that.
// docs: README.md of this folder.
#ifndef DBA_INTEGRATION_HINTS_HINT_CASE_H_
#define DBA_INTEGRATION_HINTS_HINT_CASE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/struct.pb.h"

namespace dba::hints {

// What the application does while nobody migrates, and how its tables are made. {rows} is the size, {n} a number that
// is used once, {k} the number of an existing row that no background transaction touches.
struct Fixture {
  std::vector<std::string> create;
  std::vector<std::string> writer;  // one transaction
  std::string reader;               // one point select
  std::string table;                // whose storage is watched
};

enum class Background { kNone, kHeavyWrites, kLongReader, kOpenWriter };

// A SELECT that says 1 (or t) when the migration did what it was for; else `harm` was done.
struct Verification {
  std::string sql;
  std::string harm;
};

struct HintCase {
  std::string id;
  std::string fixture;  // "engine/name"
  std::string rows;     // large, medium, small, tiny, or a number
  Background background = Background::kNone;
  std::string background_sql;         // of the long reader or the open writer; empty: by the fixture's table
  std::vector<std::string> settings;  // SET GLOBAL … before, undone by `restore`
  std::vector<std::string> restore;
  std::vector<std::string> setup;
  std::vector<std::string> ddl;
  std::vector<std::string> writer;  // empty: the fixture's
  std::string reader;
  std::vector<Verification> verify;
  std::vector<google::protobuf::Struct> hints;
  std::string note;
  bool analyze = true;  // statistics are fresh
};

struct CaseFile {
  std::map<std::string, Fixture> fixtures;  // by "engine/name"
  std::vector<HintCase> cases;
};

// The cases of these files for one server.
//   engine   postgresql, mysql or mariadb
//   version  100 * major + minor: 1500, 1011, 907
// INVALID_ARGUMENT names the file, the case and what is wrong with it.
absl::StatusOr<CaseFile> LoadCases(const std::vector<std::string>& paths, const std::string& engine, int version);

}  // namespace dba::hints

#endif  // DBA_INTEGRATION_HINTS_HINT_CASE_H_
