// SPDX-License-Identifier: Apache-2.0
#include "integration/account_life.h"

#include "common/testing/status_matchers.h"
#include "common/testing/wait_for.h"

namespace dba {
namespace {

namespace v1 = dbaoperator::agent::v1;

v1::EnsureAccountRequest Request(const std::string& name, const std::string& password) {
  v1::EnsureAccountRequest request;
  request.set_name(name);
  request.set_kind(v1::ACCOUNT_KIND_APPLICATION);
  request.set_privileges(v1::PRIVILEGES_READ_WRITE);
  request.set_version("v1");
  request.set_password(password);
  return request;
}

}  // namespace

void Live(const AgentCalls& calls, const AccountLife& life) {
  const std::string& first = life.passwords[0];
  const std::string& second = life.passwords[1];
  const std::string& refused = life.passwords[2];
  EXPECT_THAT(calls.Ensure(Request("dba_a", first)), IsOkAndHolds(true));
  EXPECT_THAT(calls.Ensure(Request("dba_a", first)), IsOkAndHolds(false));
  EXPECT_THAT(calls.Probe("dba_a", first), IsOkAndHolds(v1::ProbeAccountResponse::OUTCOME_LOGGED_IN));
  EXPECT_THAT(calls.Probe("dba_a", refused), IsOkAndHolds(v1::ProbeAccountResponse::OUTCOME_REFUSED));
  EXPECT_THAT(calls.Probe("dba_nobody", refused), IsOkAndHolds(v1::ProbeAccountResponse::OUTCOME_REFUSED));
  EXPECT_FALSE(calls.Ensure(Request("dba_a", refused)).ok()) << "replaces a password unasked";
  EXPECT_FALSE(calls.Ensure(Request(life.foreign, refused)).ok()) << "takes an account of others";
  v1::EnsureAccountRequest granted = Request("dba_b", refused);
  v1::Grant* grant = granted.add_extra_grants();
  grant->add_privileges("Select");
  grant->set_kind("Table");
  grant->set_name(life.no_such_table);
  EXPECT_FALSE(calls.Ensure(granted).ok()) << "grants on what is not there";
  v1::EnsureAccountRequest replacing = Request("dba_a", second);
  replacing.set_replace_password(true);
  EXPECT_THAT(calls.Ensure(replacing), IsOkAndHolds(false));
  EXPECT_OK(calls.Ensure("dba_m", first, v1::ACCOUNT_KIND_MIGRATOR));
  EXPECT_OK(calls.Lock("dba_a"));
  EXPECT_THAT(calls.Probe("dba_a", second), IsOkAndHolds(v1::ProbeAccountResponse::OUTCOME_LOCKED));
  EXPECT_OK(calls.Unlock("dba_a"));
  EXPECT_TRUE(WaitFor([&] { return calls.Begin(life.no_version, "").ok(); }));
  EXPECT_FALSE(calls.Begin(life.no_version, "v9").ok());
  for (const char* name : {"dba_a", "dba_m", "dba_b"}) {
    (void)calls.Lock(name);  // the last one was never finished
    (void)calls.Terminate(name);
    EXPECT_TRUE(WaitFor([&] { return calls.Drop(name).ok(); })) << name;
  }
}

}  // namespace dba
