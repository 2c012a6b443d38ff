// SPDX-License-Identifier: Apache-2.0
#include "dbagent/database_source.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/hash.h"
#include "common/log.h"
#include "common/status_macros.h"
#include "dbagent/db/clear_text.h"

namespace dba::agent {
namespace {

constexpr size_t kMaxKeyBytes = 1 << 20;
constexpr const char* kKeys[] = {"uri",      "host",   "port",   "dbname",  "username",
                                 "password", "engine", "ca.crt", "tls.crt", "tls.key"};

// Lengths keep two different sets of keys from running together to the same text.
std::string FingerprintOf(const std::map<std::string, std::string>& keys) {
  std::string all;
  for (const auto& [key, value] : keys) absl::StrAppend(&all, key, ":", value.size(), ":", value, ";");
  std::string fingerprint = Sha256Hex(all);
  Wipe(all);
  return fingerprint;
}

}  // namespace

DatabaseSource::DatabaseSource(std::string folder, ConnectOptions options, Make make)
    : folder_(std::move(folder)), options_(std::move(options)), make_(std::move(make)) {}

absl::StatusOr<std::map<std::string, std::string>> DatabaseSource::ReadKeys() const {
  std::error_code error;
  // Through the link's target all files are of one generation even while the link is swapped.
  std::filesystem::path folder = std::filesystem::canonical(std::filesystem::path(folder_) / "..data", error);
  if (error) folder = folder_;
  if (!std::filesystem::is_directory(folder, error)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "credentials folder ", folder_, " is not there; mount the admin Secret and set --credentials_dir"));
  }
  std::map<std::string, std::string> keys;
  for (const char* key : kKeys) {
    std::ifstream file(folder / key, std::ios::binary);
    if (!file) continue;
    std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (content.size() > kMaxKeyBytes) {
      return absl::FailedPreconditionError(absl::StrCat("key ", key, " in ", folder_, " is longer than 1 MiB"));
    }
    keys[key] = std::move(content);
  }
  if (keys.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("credentials folder ", folder_,
                                                      " holds no keys; give the Secret `uri`, or host, port, dbname, ",
                                                      "username and password"));
  }
  return keys;
}

absl::StatusOr<std::shared_ptr<Database>> DatabaseSource::Get() {
  MutexLock lock(&mutex_);
  DBA_ASSIGN_OR_RETURN(auto keys, ReadKeys());
  const absl::Cleanup wipe_keys = [&keys] {
    for (auto& [key, value] : keys) Wipe(value);
  };
  const std::string fingerprint = FingerprintOf(keys);
  if (database_ != nullptr && fingerprint == fingerprint_) return database_;
  const absl::StatusOr<Dsn> dsn = DsnFromKeys(keys);
  if (!dsn.ok()) return absl::FailedPreconditionError(dsn.status().message());
  ConnectOptions options = options_;
  if (keys.count("ca.crt") != 0) options.ca_file = absl::StrCat(folder_, "/ca.crt");
  if (keys.count("tls.crt") != 0 && keys.count("tls.key") != 0) {
    options.cert_file = absl::StrCat(folder_, "/tls.crt");
    options.key_file = absl::StrCat(folder_, "/tls.key");
  }
  database_ = make_(*dsn, options);
  fingerprint_ = fingerprint;
  LogInfo("read the admin credentials", {{"host", dsn->host}, {"port", dsn->port}, {"dbname", dsn->database}});
  return database_;
}

}  // namespace dba::agent
