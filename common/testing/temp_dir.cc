// SPDX-License-Identifier: Apache-2.0
#include "common/testing/temp_dir.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace dba {
namespace {

std::string Parent() {
  for (const char* name : {"TEST_TMPDIR", "TMPDIR"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "/tmp";
}

[[noreturn]] void Die(const std::string& what) {
  std::perror(what.c_str());
  std::abort();
}

}  // namespace

TempDir::TempDir() : path_(absl::StrCat(Parent(), "/dba-test-XXXXXX")) {
  if (mkdtemp(path_.data()) == nullptr) Die("make temporary folder " + path_);
}

TempDir::~TempDir() {
  std::error_code ignored;  // A leftover folder under the temporary folder is harmless.
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::File(absl::string_view name) const { return absl::StrCat(path_, "/", name); }

std::string TempDir::Write(absl::string_view name, absl::string_view content) const {
  const std::string path = File(name);
  const std::string unfinished = path + ".new";
  std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file || std::rename(unfinished.c_str(), path.c_str()) != 0) Die("write " + path);
  return path;
}

}  // namespace dba
