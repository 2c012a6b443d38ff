// SPDX-License-Identifier: Apache-2.0
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "dbagent/check/report.h"

namespace dba::agent::check {
namespace {

std::string Data(const std::string& text) {
  return absl::StrReplaceAll(text, {{"%", "%25"}, {"\r", "%0D"}, {"\n", "%0A"}});
}

// A property's value ends at a comma, the properties at a colon.
std::string Property(const std::string& text) { return absl::StrReplaceAll(Data(text), {{":", "%3A"}, {",", "%2C"}}); }

}  // namespace

std::string GithubReport(const Report& report) {
  std::string out;
  for (const hints::Finding& finding : report.evaluation.findings) {
    const LocatedHint& hint = report.HintOf(finding);
    const char* command = finding.effect == hints::Effect::kBlock ? "error" : "warning";
    const std::string text =
        finding.remedy.empty() ? finding.message : absl::StrCat(finding.message, "\n", finding.remedy);
    absl::StrAppend(&out, "::", command, " file=", Property(hint.file), ",line=", hint.line,
                    ",title=", Property(finding.rule), "::", Data(text), "\n");
  }
  return absl::StrCat(out, ServerWords(report.server), ": ", Count(report, hints::Effect::kBlock), " blocking, ",
                      Count(report, hints::Effect::kWarn), " warning\n");
}

std::string GithubError(const std::string& message) {
  return absl::StrCat("::error title=dba-agent check::", Data(message), "\n");
}

}  // namespace dba::agent::check
