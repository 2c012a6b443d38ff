// SPDX-License-Identifier: Apache-2.0
#include "dbagent/check/options.h"

#include <functional>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/status_macros.h"

namespace dba::agent::check {
namespace {

constexpr char kHelp[] =
    R"(Judges the hints of migrations on a live database, as the operator would before it starts them. Reads only.

  dba-agent check --connection_dir=./credentials --hints=v3.yaml
  dba-agent check --connection=uri.txt --tls_mode=Disable --hints=v3.yaml --policy=shop.yaml --output=sarif > v3.sarif

Flags (--name=value, or --name value):
  --connection       file that holds postgresql://user:password@host/database, or mysql://… or mariadb://…
  --connection_dir   instead: folder with the files uri, or host port dbname username password engine; optional ca.crt
                     tls.crt tls.key
  --hints            YAML: a list of hints, or DatabaseMigrations; may be given several times
  --migration        names of the DatabaseMigrations to check, with commas (default: all, each after its previous)
  --policy           YAML: a ManagedDatabase, or what stands in its spec.hints (default: that beside the hints)
  --output           text, json, sarif (code scanning) or github (workflow commands) (default text)
  --watch            how long to count the writes first, such as 1m (default: about two seconds)
  --timeout          limit for the check after that (default 30s)
  --tls_mode         TLS to the database: VerifyFull, VerifyCA, Require or Disable (default VerifyFull)
  --tls_ca           authority of the server's certificate (PEM) for --connection (default: the system's)
  --connect_timeout  limit for one connection to the database (default 5s)
  --help             this text

Exit code: 0 nothing would block, 1 something would, 2 the check could not be made.
)";

absl::Status Bad(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(what, "; see dba-agent check --help"));
}

using Setter = std::function<absl::Status(const std::string& value)>;

Setter Text(std::string* target) {
  return [target](const std::string& value) {
    *target = value;
    return absl::OkStatus();
  };
}

Setter Duration(absl::Duration* target, absl::Duration least) {
  return [target, least](const std::string& value) {
    const bool right = absl::ParseDuration(value, target) && *target >= least && *target <= absl::Hours(1);
    return right ? absl::OkStatus()
                 : Bad(absl::StrCat("must be from ", absl::FormatDuration(least), " to 1h, such as 30s"));
  };
}

template <typename E>
Setter Word(E* target, std::map<std::string, E> words) {
  return [target, words = std::move(words)](const std::string& value) {
    const auto found = words.find(value);
    if (found != words.end()) {
      *target = found->second;
      return absl::OkStatus();
    }
    std::string all;
    for (const auto& [word, ignored] : words) absl::StrAppend(&all, all.empty() ? "" : ", ", word);
    return Bad(absl::StrCat("must be one of ", all));
  };
}

std::map<std::string, Setter> Setters(Options* options) {
  return {
      {"connection", Text(&options->connection)},
      {"connection_dir", Text(&options->connection_dir)},
      {"hints",
       [options](const std::string& value) {
         options->hints.push_back(value);
         return absl::OkStatus();
       }},
      {"migration",
       [options](const std::string& value) {
         for (const absl::string_view name : absl::StrSplit(value, ',', absl::SkipEmpty())) {
           options->migrations.emplace_back(name);
         }
         return absl::OkStatus();
       }},
      {"policy", Text(&options->policy)},
      {"output",
       Word<Output>(
           &options->output,
           {{"text", Output::kText}, {"json", Output::kJson}, {"sarif", Output::kSarif}, {"github", Output::kGithub}})},
      {"watch", Duration(&options->watch, absl::ZeroDuration())},
      {"timeout", Duration(&options->timeout, absl::Seconds(1))},
      {"tls_mode", Word<TlsMode>(&options->connect.tls, {{"VerifyFull", TlsMode::kVerifyFull},
                                                         {"VerifyCA", TlsMode::kVerifyCa},
                                                         {"Require", TlsMode::kRequire},
                                                         {"Disable", TlsMode::kDisable}})},
      {"tls_ca", Text(&options->connect.ca_file)},
      {"connect_timeout", Duration(&options->connect.connect_timeout, absl::Milliseconds(100))},
  };
}

absl::Status CheckWhole(const Options& options) {
  if (options.connection.empty() == options.connection_dir.empty()) {
    return Bad("give one of --connection and --connection_dir");
  }
  // Every user of the machine sees the arguments of its processes.
  if (absl::StrContains(options.connection, "://")) {
    return Bad("--connection takes the name of a file that holds the URI, so that the password is no argument");
  }
  if (options.hints.empty()) return Bad("--hints is missing: the file with the hints");
  if (!options.connection_dir.empty() && !options.connect.ca_file.empty()) {
    return Bad("--tls_ca goes with --connection; for --connection_dir put ca.crt into the folder");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Options> ParseOptions(const std::vector<std::string>& arguments) {
  Options options;
  const std::map<std::string, Setter> setters = Setters(&options);
  for (size_t i = 0; i < arguments.size(); ++i) {
    absl::string_view text = arguments[i];
    if (text == "--help" || text == "-h") {
      options.help = true;
      return options;
    }
    // Not repeated: it may be a password in a wrong place.
    if (!absl::ConsumePrefix(&text, "--")) return Bad(absl::StrCat("argument ", i + 1, " is no flag"));
    const size_t equals = text.find('=');
    const std::string name(text.substr(0, equals));
    const auto setter = setters.find(name);
    if (setter == setters.end()) return Bad(absl::StrCat("there is no flag --", name));
    const bool inside = equals != absl::string_view::npos;
    if (!inside && i + 1 == arguments.size()) return Bad(absl::StrCat("--", name, " has no value"));
    const std::string value = inside ? std::string(text.substr(equals + 1)) : arguments[++i];
    if (value.empty()) return Bad(absl::StrCat("--", name, " is empty"));
    const absl::Status set = setter->second(value);
    if (!set.ok()) return absl::InvalidArgumentError(absl::StrCat("--", name, " ", set.message()));
  }
  DBA_RETURN_IF_ERROR(CheckWhole(options));
  options.connect.max_connections = 2;
  return options;
}

std::string HelpText() { return kHelp; }

std::string CommandLine(const std::vector<std::string>& arguments) {
  std::string line = "dba-agent check";
  for (const std::string& argument : arguments) {
    const bool plain = argument.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                           "-_=./:,+@%") == std::string::npos;
    absl::StrAppend(&line, " ",
                    plain ? argument : absl::StrCat("'", absl::StrReplaceAll(argument, {{"'", "'\\''"}}), "'"));
  }
  return line;
}

}  // namespace dba::agent::check
