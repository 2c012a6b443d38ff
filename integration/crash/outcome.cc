// SPDX-License-Identifier: Apache-2.0
#include "integration/crash/outcome.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status_macros.h"

namespace dba {
namespace {

using ::nlohmann::json;

std::string Text(const json& object, const std::string& part, absl::string_view key) {
  const json& metadata = object.at("metadata");
  return metadata.contains(part) ? metadata[part].value(std::string(key), "") : "";
}

std::string Label(const json& object, absl::string_view key) { return Text(object, "labels", key); }

// "application/v1"; empty for a Secret that is not the operator's.
std::string RoleAndVersion(const json& secret) {
  const std::string role = Label(secret, kRoleLabel);
  return role.empty() ? "" : absl::StrCat(role, "/", Label(secret, kVersionLabel));
}

// The accounts of all Secrets there ever were. One account has an intent and then a published Secret.
std::map<std::string, std::string> AccountLabels(const NamespaceRecord& record) {
  std::map<std::string, std::string> labels;
  const auto secrets = record.find("Secret");
  if (secrets == record.end()) return labels;
  for (const auto& [name, secret] : secrets->second) {
    const std::string account = Text(secret.last, "annotations", "dbaoperator.dev/account");
    const std::string role = Label(secret.last, kRoleLabel);
    if (account.empty()) continue;
    const std::string kind = role == "migrator" ? role : "application";
    labels[account] = absl::StrCat(kind, "/", Label(secret.last, kVersionLabel));
  }
  return labels;
}

std::string Counted(absl::string_view what, int made, int deleted) {
  return absl::StrCat(what, ": made ", made, ", deleted ", deleted);
}

// What a run makes of one kind may have many names; the counts of one label are added up.
void CountObjects(const NamespaceRecord& record, const std::string& kind,
                  const std::function<std::string(const json&)>& label, Outcome& outcome) {
  const auto objects = record.find(kind);
  if (objects == record.end()) return;
  std::map<std::string, EffectCount> counts;
  for (const auto& [name, object] : objects->second) {
    const std::string text = label(object.last);
    if (text.empty()) continue;
    counts[text].created += object.created;
    counts[text].deleted += object.deleted;
  }
  for (const auto& [text, count] : counts) {
    outcome.push_back(Counted(absl::StrCat(kind, " ", text), count.created, count.deleted));
  }
}

// Whether the watch has told of everything that is there now, and of everything that went.
absl::Status CheckSettled(const CrashSubject& subject, const NamespaceRecord& record) {
  for (const kube::Resource& resource : {kube::kSecrets, kube::kJobs, kube::kPods}) {
    DBA_ASSIGN_OR_RETURN(const kube::ObjectList list, subject.cluster.kube().List(resource, subject.name_space, ""));
    std::set<std::string> there;
    for (const json& object : list.items) there.insert(object["metadata"]["uid"]);
    std::set<std::string> told;
    const auto objects = record.find(std::string(resource.kind));
    if (objects != record.end()) {
      for (const auto& [name, object] : objects->second) {
        if (object.exists) told.insert(object.last["metadata"]["uid"]);
      }
    }
    if (there != told) return absl::UnavailableError(absl::StrCat("the watch of ", resource.plural, " lags behind"));
  }
  return subject.cluster.WatchStatus();
}

absl::Status AddAccounts(const CrashSubject& subject, const NamespaceRecord& record, const json& object,
                         Outcome& outcome) {
  DBA_ASSIGN_OR_RETURN(const std::vector<std::string> there, subject.server.AccountsOf(object["metadata"]["uid"]));
  std::map<std::string, std::string> labels = AccountLabels(record);
  for (const std::string& account : there) labels.emplace(account, "of no Secret");
  for (const auto& [account, label] : labels) {
    const EffectCount count = subject.server.log().Of(account);
    const bool exists = std::binary_search(there.begin(), there.end(), account);
    if (count.created - count.deleted != (exists ? 1 : 0)) {
      return absl::UnavailableError(absl::StrCat("the server's log says of ",
                                                 Counted(account, count.created, count.deleted), ", but it is ",
                                                 exists ? "there" : "not there"));
    }
    outcome.push_back(absl::StrCat(Counted(absl::StrCat("account ", label), count.created, count.deleted)));
  }
  return absl::OkStatus();
}

// A published Secret is a promise that it logs in.
absl::Status AddLogins(const CrashSubject& subject, const NamespaceRecord& record, Outcome& outcome) {
  const auto secrets = record.find("Secret");
  if (secrets == record.end()) return absl::OkStatus();
  for (const auto& [name, secret] : secrets->second) {
    const std::string label = RoleAndVersion(secret.last);
    if (!secret.exists || label.empty()) continue;
    DBA_ASSIGN_OR_RETURN(auto data, ReadSecret(subject.cluster.kube(), {subject.name_space, name}));
    const bool in = subject.server.RunAs(data["username"], data["password"], subject.database, {"SELECT 1"}).ok();
    outcome.push_back(absl::StrCat("Secret ", label, " is there and ", in ? "logs in" : "does not log in"));
  }
  return absl::OkStatus();
}

void AddStatus(const json& object, Outcome& outcome) {
  const json status = object.value("status", json::object());
  for (const char* field : {"currentVersion", "databaseVersion", "desiredVersion"}) {
    outcome.push_back(absl::StrCat("status.", field, " is ", status.value(field, "")));
  }
  outcome.push_back(absl::StrCat("status.pending has ", status.value("pending", json::array()).size()));
  outcome.push_back(absl::StrCat("status.activeMigration is ", status.contains("activeMigration") ? "set" : "absent"));
  std::vector<std::string> texts;
  for (const json& entry : status.value("history", json::array())) {
    texts.push_back(absl::StrCat(entry["name"].get<std::string>(), " ", entry["outcome"].get<std::string>()));
  }
  outcome.push_back(absl::StrCat("status.history is ", absl::StrJoin(texts, ", ")));
  for (const json& credential : status.value("credentials", json::array())) {
    outcome.push_back(absl::StrCat("status.credentials has ", credential["version"].get<std::string>(), " ",
                                   credential["state"].get<std::string>()));
  }
  for (const json& condition : status.value("conditions", json::array())) {
    outcome.push_back(absl::StrCat("condition ", condition["type"].get<std::string>(), " is ",
                                   condition["status"].get<std::string>(), " ",
                                   condition["reason"].get<std::string>()));
  }
}

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> ReadSecret(kube::KubeClient& kube, const kube::ObjectKey& key) {
  DBA_ASSIGN_OR_RETURN(const json secret, kube.Get(kube::kSecrets, key));
  std::map<std::string, std::string> data;
  for (const auto& [field, value] : secret.at("data").items()) {
    absl::Base64Unescape(value.get<std::string>(), &data[field]);
  }
  return data;
}

absl::StatusOr<Outcome> CollectOutcome(const CrashSubject& subject) {
  const NamespaceRecord record = subject.cluster.Record(subject.name_space);
  DBA_RETURN_IF_ERROR(CheckSettled(subject, record));
  DBA_ASSIGN_OR_RETURN(const json object,
                       subject.cluster.kube().Get(kube::kManagedDatabases, {subject.name_space, subject.name}));
  Outcome outcome;
  AddStatus(object, outcome);
  CountObjects(record, "Secret", RoleAndVersion, outcome);
  const auto version = [](const json& job_or_pod) { return Label(job_or_pod, kVersionLabel); };
  CountObjects(record, "Job", version, outcome);
  CountObjects(record, "Pod", version, outcome);
  DBA_RETURN_IF_ERROR(AddAccounts(subject, record, object, outcome));
  DBA_RETURN_IF_ERROR(AddLogins(subject, record, outcome));
  for (const auto& [what, column, table] : {std::tuple("the version table", "version_num", "alembic_version"),
                                            std::tuple("the effects", "version", kEffectTable)}) {
    DBA_ASSIGN_OR_RETURN(
        const std::string list,
        subject.server.RunAsAdmin(subject.database,
                                  absl::StrCat("SELECT ", subject.server.Joined(column), " FROM ", table)));
    outcome.push_back(absl::StrCat(what, ": ", list));
  }
  std::sort(outcome.begin(), outcome.end());
  return outcome;
}

std::string Difference(const Outcome& expected, const Outcome& actual) {
  Outcome missing;
  Outcome extra;
  std::set_difference(expected.begin(), expected.end(), actual.begin(), actual.end(), std::back_inserter(missing));
  std::set_difference(actual.begin(), actual.end(), expected.begin(), expected.end(), std::back_inserter(extra));
  std::string text;
  for (const std::string& sentence : missing) absl::StrAppend(&text, "  without faults: ", sentence, "\n");
  for (const std::string& sentence : extra) absl::StrAppend(&text, "  with the fault: ", sentence, "\n");
  return text;
}

std::function<std::string(absl::string_view, absl::string_view)> Labels(const NamespaceRecord& record) {
  std::map<std::string, std::string> labels = AccountLabels(record);
  std::map<std::string, std::string> jobs;
  for (const auto& [kind, objects] : record) {
    for (const auto& [name, object] : objects) {
      if (kind == "Secret" && !RoleAndVersion(object.last).empty()) labels[name] = RoleAndVersion(object.last);
      if (kind == "Job") jobs[name] = Label(object.last, kVersionLabel);
    }
  }
  // A Job and its Secret share one name.
  return [labels, jobs](absl::string_view verb, absl::string_view object) -> std::string {
    const auto& names = absl::EndsWith(verb, "Job") ? jobs : labels;
    const auto found = names.find(std::string(object));
    return found == names.end() ? std::string(object) : found->second;
  };
}

}  // namespace dba
