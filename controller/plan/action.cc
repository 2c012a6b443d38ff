// SPDX-License-Identifier: Apache-2.0
#include "controller/plan/action.h"

#include <string>
#include <variant>

#include "absl/strings/str_cat.h"

namespace dba::plan {
namespace {

struct Describe {
  std::string operator()(const ConfigureDataMetrics&) const { return "ConfigureDataMetrics"; }
  std::string operator()(const CreateSecret& a) const { return absl::StrCat("CreateSecret ", a.name); }
  std::string operator()(const EnsureAccount& a) const { return absl::StrCat("EnsureAccount ", a.account); }
  std::string operator()(const ProbeAccount& a) const { return absl::StrCat("ProbeAccount ", a.account); }
  std::string operator()(const PublishSecret& a) const { return absl::StrCat("PublishSecret ", a.name); }
  std::string operator()(const QuarantineSecret& a) const { return absl::StrCat("QuarantineSecret ", a.name); }
  std::string operator()(const RestoreSecret& a) const { return absl::StrCat("RestoreSecret ", a.name); }
  std::string operator()(const KeepSecret& a) const { return absl::StrCat("KeepSecret ", a.name); }
  std::string operator()(const DeleteSecret& a) const { return absl::StrCat("DeleteSecret ", a.name); }
  std::string operator()(const LockAccount& a) const { return absl::StrCat("LockAccount ", a.account); }
  std::string operator()(const UnlockAccount& a) const { return absl::StrCat("UnlockAccount ", a.account); }
  std::string operator()(const TerminateSessions& a) const { return absl::StrCat("TerminateSessions ", a.account); }
  std::string operator()(const DropAccount& a) const { return absl::StrCat("DropAccount ", a.account); }
  std::string operator()(const CreateJob& a) const { return absl::StrCat("CreateJob ", a.name); }
  std::string operator()(const BeginMigration& a) const { return absl::StrCat("BeginMigration ", a.job_name); }
  std::string operator()(const ReleaseJob& a) const { return absl::StrCat("ReleaseJob ", a.name); }
  std::string operator()(const DeleteJob& a) const { return absl::StrCat("DeleteJob ", a.name); }
  std::string operator()(const SetFinalizers& a) const { return a.present ? "AddFinalizer" : "RemoveFinalizer"; }
};

}  // namespace

bool IsIrreversible(const Action& action) {
  return std::holds_alternative<DropAccount>(action) || std::holds_alternative<ReleaseJob>(action);
}

std::string DebugString(const Action& action) { return std::visit(Describe{}, action); }

}  // namespace dba::plan
