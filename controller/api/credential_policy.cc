// SPDX-License-Identifier: Apache-2.0
#include "controller/api/credential_policy.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/json.h"
#include "common/status_macros.h"
#include "controller/api/fields.h"

namespace dba::api {
namespace {

absl::StatusOr<Grant> ParseGrant(const Json& entry) {
  Grant grant;
  grant.privileges = GetStrings(entry, {"privileges"});
  DBA_ASSIGN_OR_RETURN(grant.kind, GetString(entry, {"kind"}));
  DBA_ASSIGN_OR_RETURN(grant.name, GetStringOr(entry, {"name"}, ""));
  if (grant.privileges.empty()) {
    return absl::InvalidArgumentError("spec.credentials.extraGrants[].privileges must name at least one privilege");
  }
  return grant;
}

absl::StatusOr<ReferenceKind> ParseReferenceKind(const Json& entry) {
  ReferenceKind kind;
  DBA_ASSIGN_OR_RETURN(kind.api_version, GetString(entry, {"apiVersion"}));
  DBA_ASSIGN_OR_RETURN(kind.kind, GetString(entry, {"kind"}));
  DBA_ASSIGN_OR_RETURN(kind.resource,
                       GetStringOr(entry, {"resource"}, absl::StrCat(absl::AsciiStrToLower(kind.kind), "s")));
  kind.paths = GetStrings(entry, {"paths"});
  if (kind.paths.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("spec.credentials.referencedBy: ", kind.kind, " must have at least one path"));
  }
  return kind;
}

absl::StatusOr<OnInUse> ParseOnInUse(const Json& spec) {
  DBA_ASSIGN_OR_RETURN(const std::string text, GetStringOr(spec, {"credentials", "onInUse"}, "Wait"));
  if (text == "Wait") return OnInUse::kWait;
  if (text == "Revert") return OnInUse::kRevert;
  if (text == "Terminate") return OnInUse::kTerminate;
  return absl::InvalidArgumentError("spec.credentials.onInUse must be Wait, Revert or Terminate");
}

absl::StatusOr<DeletionPolicy> ParseDeletionPolicy(const Json& spec) {
  DBA_ASSIGN_OR_RETURN(const std::string text, GetStringOr(spec, {"credentials", "deletionPolicy"}, "Retain"));
  if (text == "Retain") return DeletionPolicy::kRetain;
  if (text == "Delete") return DeletionPolicy::kDelete;
  return absl::InvalidArgumentError("spec.credentials.deletionPolicy must be Retain or Delete");
}

}  // namespace

absl::StatusOr<CredentialPolicy> ParseCredentialPolicy(const Json& spec) {
  CredentialPolicy policy;
  DBA_ASSIGN_OR_RETURN(const std::string privileges, GetStringOr(spec, {"credentials", "privileges"}, "ReadWrite"));
  policy.privileges = privileges == "ReadOnly" ? Privileges::kReadOnly : Privileges::kReadWrite;
  DBA_ASSIGN_OR_RETURN(policy.on_in_use, ParseOnInUse(spec));
  DBA_ASSIGN_OR_RETURN(policy.deletion_policy, ParseDeletionPolicy(spec));
  DBA_ASSIGN_OR_RETURN(policy.quarantine, GetDurationOr(spec, {"credentials", "quarantine"}, absl::ZeroDuration()));
  DBA_ASSIGN_OR_RETURN(policy.deletion_timeout,
                       GetDurationOr(spec, {"credentials", "deletionTimeout"}, absl::Minutes(10)));
  DBA_ASSIGN_OR_RETURN(const Json* grants, GetArrayOrEmpty(spec, {"credentials", "extraGrants"}));
  for (const Json& entry : *grants) {
    DBA_ASSIGN_OR_RETURN(Grant grant, ParseGrant(entry));
    policy.extra_grants.push_back(std::move(grant));
  }
  DBA_ASSIGN_OR_RETURN(const Json* kinds, GetArrayOrEmpty(spec, {"credentials", "referencedBy"}));
  for (const Json& entry : *kinds) {
    DBA_ASSIGN_OR_RETURN(ReferenceKind kind, ParseReferenceKind(entry));
    policy.referenced_by.push_back(std::move(kind));
  }
  return policy;
}

}  // namespace dba::api
