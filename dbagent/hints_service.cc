// SPDX-License-Identifier: Apache-2.0
//
// The calls of AgentService about hints.
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "dbagent/agent_service.h"
#include "dbagent/hints_convert.h"
#include "google/protobuf/util/time_util.h"

namespace dba::agent {
namespace {

constexpr int kMostHints = 1000;
constexpr int kMostTables = 1000;

}  // namespace

grpc::Status AgentService::CheckHints(grpc::ServerContext* context, const v1::CheckHintsRequest* request,
                                      v1::CheckHintsResponse* response) {
  return ServeOn("CheckHints", *context, [&](Database& database, absl::Time deadline) -> absl::Status {
    if (request->hints_size() > kMostHints) {
      return absl::InvalidArgumentError(absl::StrCat("there are ", request->hints_size(), " hints; at most ",
                                                     kMostHints, " are checked in one call"));
    }
    DBA_ASSIGN_OR_RETURN(const hints::Policy policy, PolicyFromProto(request->policy()));
    DBA_ASSIGN_OR_RETURN(const HintCheck check,
                         parts_.hints->Check(database, HintsFromProto(*request), policy, request->owner(), deadline));
    for (const hints::Finding& finding : check.evaluation.findings) *response->add_findings() = ToProto(finding);
    for (const hints::Applied applied : check.evaluation.applied) response->add_applied(ToProto(applied));
    *response->mutable_checked_at() =
        google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(check.checked_at));
    return absl::OkStatus();
  });
}

grpc::Status AgentService::DescribeTables(grpc::ServerContext* context, const v1::DescribeTablesRequest* request,
                                          v1::DescribeTablesResponse* response) {
  return ServeOn("DescribeTables", *context, [&](Database& database, absl::Time deadline) -> absl::Status {
    if (request->tables_size() > kMostTables) {
      return absl::InvalidArgumentError(absl::StrCat("at most ", kMostTables, " tables are described in one call"));
    }
    std::vector<TableName> tables;
    for (const std::string& text : request->tables()) {
      DBA_ASSIGN_OR_RETURN(TableName name, hints::ReadTableName(text));
      tables.push_back(std::move(name));
    }
    DBA_ASSIGN_OR_RETURN(const hints::HintFacts facts, parts_.hints->Describe(database, tables, deadline));
    for (const hints::TableFacts& table : facts.tables) *response->add_tables() = ToProto(table);
    return absl::OkStatus();
  });
}

}  // namespace dba::agent
