// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_COMMON_TESTING_TEMP_DIR_H_
#define DBA_COMMON_TESTING_TEMP_DIR_H_

#include <string>

#include "absl/strings/string_view.h"

namespace dba {

// A new folder, readable by its owner alone, that goes away with this object.
// It lies under TEST_TMPDIR when Bazel runs the test, else under TMPDIR or
// /tmp. Aborts the test program when it cannot be made.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }

  // The path of `name` in this folder.
  std::string File(absl::string_view name) const;

  // Writes `content` to `name`, made or replaced whole, and returns its path.
  // Aborts when it cannot.
  std::string Write(absl::string_view name, absl::string_view content) const;

 private:
  std::string path_;
};

}  // namespace dba

#endif  // DBA_COMMON_TESTING_TEMP_DIR_H_
