// SPDX-License-Identifier: Apache-2.0
#include "controller/operator.h"

#include <set>
#include <string>

#include "common/testing/fake_random.h"
#include "common/testing/status_matchers.h"
#include "common/testing/wait_for.h"
#include "controller/testing/fake_kube_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

using ::nlohmann::json;
using ::testing::ElementsAre;
using ::testing::Pair;

json Named(const kube::Resource& resource, const std::string& name_space, const std::string& name) {
  return {
      {"apiVersion", resource.group.empty() ? "v1" : std::string(resource.group) + "/" + std::string(resource.version)},
      {"kind", std::string(resource.kind)},
      {"metadata", {{"namespace", name_space}, {"name", name}}},
      {"spec", {{"container", {{"image", "x"}}}}}};
}

class OperatorTest : public testing::Test {
 protected:
  OperatorTest() {
    kube_.Put(kube::kManagedDatabases, Named(kube::kManagedDatabases, "a", "one"));
    kube_.Put(kube::kManagedDatabases, Named(kube::kManagedDatabases, "b", "two"));
    kube_.Put(kube::kDatabaseMigrations, Named(kube::kDatabaseMigrations, "a", "v1"));
    json job = Named(kube::kJobs, "b", "job");
    job["metadata"]["labels"]["dbaoperator.dev/database"] = "two";
    kube_.Put(kube::kJobs, job);
    operator_.StartWatching();
    EXPECT_TRUE(WaitFor([&] { return operator_.HasSynced() && kube_.watch_count() == 3; }));
    operator_.StartWorking();
    EXPECT_TRUE(Saw({"a/one", "b/two"}));
  }
  ~OperatorTest() override { operator_.Stop(); }

  // Waits until exactly these were looked at since the last call.
  bool Saw(const std::set<std::string>& keys) {
    const bool seen = WaitFor([&] {
      MutexLock lock(&mu_);
      return seen_ == keys;
    });
    MutexLock lock(&mu_);
    EXPECT_EQ(seen_, keys);
    seen_.clear();
    return seen;
  }

  ReconcileResult See(const kube::ObjectKey& key) {
    MutexLock lock(&mu_);
    seen_.insert(key.name_space + "/" + key.name);
    return {};
  }

  kube::FakeKubeClient kube_;
  RealClock clock_;
  FakeRandom random_;
  Mutex mu_;
  std::set<std::string> seen_ ABSL_GUARDED_BY(mu_);
  Operator operator_{
      &kube_, &clock_, &random_, {}, [this](const kube::ObjectKey& key, const StopToken&) { return See(key); }};
};

TEST_F(OperatorTest, AChangeOfASpecCallsForALook) {
  kube_.Touch(kube::kManagedDatabases, {"a", "one"}, {{"spec", {{"x", 1}}}});
  EXPECT_TRUE(Saw({"a/one"}));
  kube_.Touch(kube::kManagedDatabases, {"a", "one"},
              {{"metadata", {{"annotations", {{"dbaoperator.dev/retry", "now"}}}}}});
  EXPECT_TRUE(Saw({"a/one"}));
}

TEST_F(OperatorTest, AChangeOfAStatusDoesNot) {
  kube_.Touch(kube::kManagedDatabases, {"a", "one"}, {{"status", {{"currentVersion", "v1"}}}});
  kube_.Touch(kube::kManagedDatabases, {"b", "two"}, {{"spec", {{"x", 1}}}});
  EXPECT_TRUE(Saw({"b/two"}));
}

TEST_F(OperatorTest, AMigrationCallsForAllOfItsNamespace) {
  kube_.Put(kube::kDatabaseMigrations, Named(kube::kDatabaseMigrations, "b", "v2"));
  EXPECT_TRUE(Saw({"b/two"}));
  EXPECT_TRUE(WaitFor([&] { return operator_.List("b").ok() && operator_.List("b")->size() == 1; }));
}

TEST_F(OperatorTest, AJobCallsForItsDatabaseAlsoWhenItGoes) {
  kube_.Touch(kube::kJobs, {"b", "job"}, {{"status", {{"conditions", {{{"type", "Complete"}}}}}}});
  EXPECT_TRUE(Saw({"b/two"}));
  kube_.Remove(kube::kJobs, {"b", "job"});
  EXPECT_TRUE(Saw({"b/two"}));
}

TEST_F(OperatorTest, ListsTheMigrationsOfOneNamespace) {
  ASSERT_OK_AND_ASSIGN(const auto migrations, operator_.List("a"));
  EXPECT_THAT(migrations, ElementsAre(Pair("v1", testing::_)));
}

TEST(OperatorBeforeTheFirstListTest, MigrationsAreNotKnown) {
  kube::FakeKubeClient kube;
  RealClock clock;
  FakeRandom random;
  Operator op(&kube, &clock, &random, {}, [](const kube::ObjectKey&, const StopToken&) { return ReconcileResult{}; });
  EXPECT_THAT(op.List("a"), StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace dba
