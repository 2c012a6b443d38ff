// SPDX-License-Identifier: Apache-2.0
//
// The whole loop on fakes: an API server and a database in memory, and a player of the Job controller who runs each
// released Job once. Every way in which the process can end, or a reply be lost, must lead to the same end.
#include "controller/reconcile/reconciler.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status_macros.h"
#include "common/testing/fake_clock.h"
#include "common/testing/fake_random.h"
#include "common/testing/log_capture.h"
#include "common/testing/status_matchers.h"
#include "controller/plan/names.h"
#include "controller/reconcile/secret_builder.h"
#include "controller/testing/fake_agent_client.h"
#include "controller/testing/fake_kube_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

using ::nlohmann::json;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr char kAddress[] = "shop-db:8443";

class StoredMigrations : public MigrationSource {
 public:
  explicit StoredMigrations(kube::FakeKubeClient* kube) : kube_(*kube) {}

  absl::StatusOr<std::map<std::string, api::DatabaseMigration>> List(absl::string_view) override {
    std::map<std::string, api::DatabaseMigration> result;
    for (const json& object : kube_.Objects(kube::kDatabaseMigrations)) {
      DBA_ASSIGN_OR_RETURN(api::DatabaseMigration migration, api::ParseDatabaseMigration(object));
      std::string name = migration.meta.name;
      result.emplace(std::move(name), std::move(migration));
    }
    return result;
  }

 private:
  kube::FakeKubeClient& kube_;
};

class Recorder : public ReconcileListener {
 public:
  void OnStatus(const api::ManagedDatabase&, const api::ManagedDatabaseStatus&) override {}
  void OnNotice(const api::ManagedDatabase&, const plan::Notice& notice) override {
    notices.push_back(absl::StrCat(notice.reason, ": ", notice.message));
  }
  void OnAction(const api::ManagedDatabase&, const plan::Action& action, const absl::StatusOr<Effect>&) override {
    actions.push_back(plan::DebugString(action));
  }
  void OnGone(const kube::ObjectKey&) override { gone = true; }

  std::vector<std::string> notices;
  std::vector<std::string> actions;
  bool gone = false;
};

bool IsWrite(absl::string_view verb) {
  return verb == "create" || verb == "apply" || verb == "patch" || verb == "delete";
}

// A namespace with the ManagedDatabase "shop", migrations v1 to v4 and an agent; and a controller that may end.
class Universe {
 public:
  explicit Universe(const std::string& desired = "v4") {
    Restart();
    json database = {{"apiVersion", "dbaoperator.dev/v1alpha1"},
                     {"kind", "ManagedDatabase"},
                     {"metadata", {{"namespace", "ns"}, {"name", "shop"}}},
                     {"spec",
                      {{"desiredSchemaVersion", desired},
                       {"agent", {{"address", kAddress}}},
                       {"versionTable", {{"preset", "Alembic"}}}}}};
    kube.Put(kube::kManagedDatabases, database);
    for (const char* name : {"v1", "v2", "v3", "v4"}) AddMigration(name);
    kube.SetBeforeCall([this](const kube::FakeKubeClient::Call& call) { return BeforeKube(call); });
    kube.SetAfterCall([this](const kube::FakeKubeClient::Call& call) {
      return IsWrite(call.verb) ? AfterWrite() : absl::OkStatus();
    });
    agent().SetBeforeCall([this](absl::string_view) { return Alive(); });
    agent().SetAfterCall(
        [this](absl::string_view call) { return absl::StrContains(call, " ") ? AfterWrite() : absl::OkStatus(); });
  }

  void AddMigration(const std::string& name) {
    json migration = {{"apiVersion", "dbaoperator.dev/v1alpha1"},
                      {"kind", "DatabaseMigration"},
                      {"metadata", {{"namespace", "ns"}, {"name", name}}},
                      {"spec", {{"version", "head-" + name}, {"container", {{"image", "x"}}}, {"parallelism", 1}}}};
    if (name != "v1") migration["spec"]["previous"] = absl::StrCat("v", name[1] - '0' - 1);
    kube.Put(kube::kDatabaseMigrations, migration);
  }

  agent::FakeAgentClient& agent() { return agents.At(kAddress); }

  // A new process: nothing of the old one's memory is left.
  void Restart() {
    crashed = false;
    observer = std::make_unique<Observer>(&kube, &agents, &migrations);
    executor = std::make_unique<Executor>(
        &kube, &agents, &random, [this](absl::string_view point, absl::string_view) { return ReachPoint(point); });
    reconciler = std::make_unique<Reconciler>(observer.get(), executor.get(), &recorder, &clock);
  }

  Retry Reconcile() { return reconciler->Reconcile({"ns", "shop"}, StopToken()); }

  // Plays the Job controller and the kubelet: each Job that was released runs once, with what its Secret says.
  bool RunJobs() {
    bool ran = false;
    for (const json& job : kube.Objects(kube::kJobs)) {
      if (job["spec"].value("suspend", false) || job.contains("status")) continue;
      ran = true;
      const std::string name = job["metadata"]["name"];
      const std::string migration = job["metadata"]["labels"][std::string(plan::kMigrationLabel)];
      ++runs[migration];
      const std::string condition = RunMigration(name, migration) ? "Complete" : "Failed";
      kube.Touch(kube::kJobs, {"ns", name},
                 {{"status",
                   {{"conditions",
                     {{{"type", condition},
                       {"status", "True"},
                       {"reason", "BackoffLimitExceeded"},
                       {"lastTransitionTime", "2026-01-01T00:00:00Z"}}}}}}});
    }
    return ran;
  }

  // Goes on, restarting whenever the process has ended, until nothing moves any more.
  void Settle() {
    for (int i = 0; i < 60; ++i) {
      const std::string before = Everything();
      last = Reconcile();
      const bool was_crashed = crashed;
      if (crashed) Restart();
      const bool ran = RunJobs();
      const bool waits = last.requeue_after.has_value() && *last.requeue_after <= absl::Seconds(1);
      if (!ran && !was_crashed && !waits && Everything() == before) return;
      clock.Advance(absl::Seconds(1));
    }
    ADD_FAILURE() << "does not come to rest: " << status().dump(1);
  }

  // All that a controller can change.
  std::string Everything() {
    std::string everything;
    for (const kube::Resource& resource : {kube::kManagedDatabases, kube::kSecrets, kube::kJobs}) {
      for (const json& object : kube.Objects(resource)) {
        absl::StrAppend(&everything, object["metadata"]["uid"].dump(), object["metadata"]["resourceVersion"].dump());
      }
    }
    for (const auto& [name, account] : agent().accounts()) absl::StrAppend(&everything, name, account.locked);
    return everything;
  }

  size_t Writes() const {
    size_t writes = 0;
    for (const auto& call : kube.calls()) writes += IsWrite(call.verb) ? 1 : 0;
    return writes;
  }

  json status() const {
    const json database = kube.Find(kube::kManagedDatabases, {"ns", "shop"});
    return database.is_object() ? database.value("status", json::object()) : json::object();
  }

  std::string Ready() const {
    const json conditions = status().value("conditions", json::array());
    for (const json& condition : conditions) {
      if (condition["type"] == "Ready") {
        return absl::StrCat(condition["status"].get<std::string>(), " ", condition["reason"].get<std::string>(), ": ",
                            condition["message"].get<std::string>());
      }
    }
    return "";
  }

  // Everything that matters of the end, without what may differ from run to run: UIDs, versions, passwords, times.
  std::string Summary() const {
    json summary;
    for (const json& secret : kube.Objects(kube::kSecrets)) {
      const std::string name = secret["metadata"]["name"];
      const std::string account = secret["metadata"]["annotations"][std::string(plan::kAccountAnnotation)];
      const absl::StatusOr<Secret> password = SecretValue(secret, "password");
      const bool works = password.ok() && const_cast<Universe*>(this)->agent().CanLogIn(account, password->Reveal());
      summary["secrets"][name] = {{"account", account}, {"works", works}};
    }
    for (const auto& [name, account] : const_cast<Universe*>(this)->agent().accounts()) {
      summary["accounts"][name] = {{"version", account.version}, {"locked", account.locked}};
    }
    for (const json& job : kube.Objects(kube::kJobs)) summary["jobs"].push_back(job["metadata"]["name"]);
    summary["current"] = status().value("currentVersion", "");
    summary["ready"] = Ready();
    summary["runs"] = runs;
    summary["objects created"] = objects_created;
    summary["objects deleted"] = objects_deleted;
    summary["accounts created"] = const_cast<Universe*>(this)->agent().created();
    summary["accounts dropped"] = const_cast<Universe*>(this)->agent().dropped();
    const json history = status().value("history", json::array());
    for (const json& entry : history) summary["history"].push_back({entry["name"], entry["outcome"]});
    return summary.dump(1);
  }

  kube::FakeKubeClient kube;
  agent::FakeAgentDirectory agents;
  StoredMigrations migrations{&kube};
  FakeClock clock;
  FakeRandom random;
  Recorder recorder;
  std::unique_ptr<Observer> observer;
  std::unique_ptr<Executor> executor;
  std::unique_ptr<Reconciler> reconciler;
  Retry last;

  std::map<std::string, int> runs;
  std::map<std::string, int> objects_created;
  std::map<std::string, int> objects_deleted;

  // The process ends at this crash point, counted from 0; -1: never.
  int crash_at = -1;
  std::vector<std::string> points;
  // The reply to this write, counted from 0, is lost; -1: none.
  int lose_reply = -1;
  int replies = 0;
  // Makes the migration of this name fail with this last line; else it succeeds and writes its version.
  std::map<std::string, std::string> failing;
  std::set<std::string> lying;  // succeed without a new version
  // A Job ends just before it is seen to have ended.
  bool jobs_end_before_they_are_listed = false;
  bool crashed = false;

 private:
  absl::Status Alive() const { return crashed ? absl::UnavailableError("the process has ended") : absl::OkStatus(); }

  absl::Status ReachPoint(absl::string_view point) {
    DBA_RETURN_IF_ERROR(Alive());
    points.emplace_back(point);
    if (static_cast<int>(points.size()) - 1 != crash_at) return absl::OkStatus();
    crashed = true;
    return Alive();
  }

  absl::Status AfterWrite() {
    return replies++ == lose_reply ? absl::DeadlineExceededError("the reply is lost") : absl::OkStatus();
  }

  absl::Status BeforeKube(const kube::FakeKubeClient::Call& call) {
    DBA_RETURN_IF_ERROR(Alive());
    const kube::Resource& resource = call.resource == "jobs" ? kube::kJobs : kube::kSecrets;
    if (jobs_end_before_they_are_listed && call.verb == "list" && call.resource == "jobs") RunJobs();
    const std::string name = absl::StrCat(call.resource, "/", call.key.name);
    if (call.verb == "create" && kube.Find(resource, call.key).is_null()) ++objects_created[name];
    if (call.verb == "delete" && !kube.Find(resource, call.key).is_null()) ++objects_deleted[name];
    return absl::OkStatus();
  }

  bool RunMigration(const std::string& job, const std::string& migration) {
    const json secret = kube.Find(kube::kSecrets, {"ns", job});
    const absl::StatusOr<Secret> user = SecretValue(secret, "username");
    const absl::StatusOr<Secret> password = SecretValue(secret, "password");
    EXPECT_OK(user);
    EXPECT_TRUE(user.ok() && agent().CanLogIn(user->Reveal(), password->Reveal())) << "migration " << migration;
    if (lying.count(migration) != 0) return true;
    const auto failure = failing.find(migration);
    if (failure == failing.end()) {
      agent().SetVersions({"head-" + migration});
      return true;
    }
    const std::string words = absl::StrCat(failure->second, " ", password.ok() ? password->Reveal() : "");
    kube.Put(kube::kPods,
             {{"apiVersion", "v1"},
              {"kind", "Pod"},
              {"metadata",
               {{"namespace", "ns"},
                {"name", job + "-x"},
                {"labels",
                 {{"batch.kubernetes.io/controller-uid", kube.Find(kube::kJobs, {"ns", job})["metadata"]["uid"]}}}}},
              {"status",
               {{"phase", "Failed"},
                {"containerStatuses",
                 {{{"name", "migration"}, {"state", {{"terminated", {{"exitCode", 1}, {"message", words}}}}}}}}}}});
    return false;
  }
};

TEST(ReconcilerTest, TakesADatabaseThroughTheWholeChain) {
  Universe universe;
  universe.Settle();
  EXPECT_EQ(universe.status()["currentVersion"], "v4");
  EXPECT_THAT(universe.Ready(), HasSubstr("True UpToDate"));
  EXPECT_THAT(universe.runs, ElementsAre(Pair("v1", 1), Pair("v2", 1), Pair("v3", 1), Pair("v4", 1)));
  std::vector<std::string> secrets;
  for (const json& secret : universe.kube.Objects(kube::kSecrets)) {
    secrets.push_back(secret["metadata"]["name"]);
    const absl::StatusOr<Secret> password = SecretValue(secret, "password");
    ASSERT_OK(password);
    EXPECT_TRUE(universe.agent().CanLogIn(
        secret["metadata"]["annotations"][std::string(plan::kAccountAnnotation)].get<std::string>(),
        password->Reveal()));
  }
  EXPECT_THAT(secrets, ElementsAre("shop-v3", "shop-v4"));
  EXPECT_THAT(universe.agent().accounts(), SizeIs(2));
}

TEST(ObserverTest, LooksAtJobsThenAccountsThenSecrets) {
  Universe universe;
  universe.Settle();
  std::vector<std::string> order;
  universe.kube.SetBeforeCall([&](const kube::FakeKubeClient::Call& call) {
    if (call.verb == "list") order.push_back(call.resource);
    return absl::OkStatus();
  });
  universe.agent().SetBeforeCall([&](absl::string_view call) {
    order.emplace_back(call);
    return absl::OkStatus();
  });
  ASSERT_OK(universe.observer->Observe({"ns", "shop"}));
  EXPECT_THAT(order, ElementsAre("jobs", "GetDatabase", "ListAccounts", "secrets"));
}

TEST(ObserverTest, TellsNoPasswordThatAJobPrinted) {
  Universe universe("v1");
  universe.failing["v1"] = "cannot log in with";
  for (int i = 0; i < 60 && !universe.RunJobs(); ++i) universe.Reconcile();
  const absl::StatusOr<plan::World> world = universe.observer->Observe({"ns", "shop"});
  ASSERT_OK(world);
  ASSERT_OK(world->jobs);
  ASSERT_THAT(*world->jobs, SizeIs(1));
  EXPECT_EQ(world->jobs->front().message, "cannot log in with ***");

  universe.kube.FailNext("list", "secrets", absl::UnavailableError("no answer"));
  const absl::StatusOr<plan::World> blind = universe.observer->Observe({"ns", "shop"});
  ASSERT_OK(blind);
  ASSERT_THAT(*blind->jobs, SizeIs(1));
  EXPECT_EQ(blind->jobs->front().message, "");
}

TEST(ReconcilerTest, TakesADatabaseThroughItQuietly) {
  LogCapture log;
  Universe universe;
  universe.Settle();
  EXPECT_THAT(log.lines(), Each(HasSubstr("\"level\":\"info\"")));
}

TEST(ReconcilerTest, AtRestNothingIsWritten) {
  Universe universe;
  universe.Settle();
  universe.kube.ClearCalls();
  universe.recorder.actions.clear();
  for (int i = 0; i < 10; ++i) {
    universe.clock.Advance(absl::Minutes(1));
    EXPECT_OK(universe.Reconcile().status);
  }
  EXPECT_EQ(universe.Writes(), 0u);
  EXPECT_THAT(universe.recorder.actions, IsEmpty());
}

TEST(ReconcilerTest, EndsTheSameWhereverTheProcessEnds) {
  Universe reference("v3");  // the first that retires a credential
  reference.Settle();
  ASSERT_THAT(reference.points, SizeIs(testing::Gt(80)));
  for (size_t i = 0; i < reference.points.size(); ++i) {
    Universe universe("v3");
    universe.crash_at = static_cast<int>(i);
    universe.Settle();
    ASSERT_EQ(universe.Summary(), reference.Summary())
        << "after the end at " << reference.points[i] << ", number " << i;
  }
}

TEST(ReconcilerTest, EndsTheSameWhicheverReplyIsLost) {
  Universe reference("v3");  // the first that retires a credential
  reference.Settle();
  ASSERT_GT(reference.replies, 30);
  for (int i = 0; i < reference.replies; ++i) {
    Universe universe("v3");
    universe.lose_reply = i;
    universe.Settle();
    ASSERT_EQ(universe.Summary(), reference.Summary()) << "after the reply to write " << i << " was lost";
  }
}

TEST(ReconcilerTest, AFailedMigrationTellsItsLastLineWithoutThePassword) {
  LogCapture log;
  Universe universe;
  universe.failing["v2"] = "cannot add column at postgresql://u:s3cret@h/d";
  universe.Settle();
  EXPECT_THAT(universe.Ready(), AllOf(HasSubstr("False MigrationFailed"), HasSubstr("cannot add column"),
                                      HasSubstr("kubectl annotate mdb shop")));
  EXPECT_THAT(universe.runs, ElementsAre(Pair("v1", 1), Pair("v2", 1)));
  EXPECT_THAT(universe.recorder.notices, testing::Contains(HasSubstr("MigrationFailed: ")));

  std::set<std::string> passwords = {"s3cret"};
  for (const auto& call : universe.kube.calls()) {
    if (call.verb != "create" || call.resource != "secrets") continue;
    std::string password;
    ASSERT_TRUE(absl::Base64Unescape(call.body["data"]["password"].get<std::string>(), &password));
    passwords.insert(password);
  }
  EXPECT_THAT(passwords, SizeIs(testing::Gt(2)));
  for (const std::string& password : passwords) {
    EXPECT_THAT(universe.status().dump(), Not(HasSubstr(password)));
    EXPECT_THAT(log.lines(), Each(Not(HasSubstr(password))));
    EXPECT_THAT(universe.recorder.notices, Each(Not(HasSubstr(password))));
    for (const json& job : universe.kube.Objects(kube::kJobs)) EXPECT_THAT(job.dump(), Not(HasSubstr(password)));
  }
}

TEST(ReconcilerTest, AJobThatSucceedsWithoutANewVersionIsAFailure) {
  Universe universe;
  universe.lying.insert("v1");
  universe.Settle();
  EXPECT_THAT(universe.Ready(), HasSubstr("False VersionUnchanged"));
  EXPECT_THAT(universe.runs, ElementsAre(Pair("v1", 1)));
}

TEST(ReconcilerTest, AJobThatEndsWhileItIsObservedHasWrittenItsVersion) {
  Universe universe;
  universe.jobs_end_before_they_are_listed = true;
  universe.Settle();
  EXPECT_THAT(universe.Ready(), HasSubstr("True UpToDate"));
  const json history = universe.status()["history"];
  EXPECT_EQ(history.size(), 4u);
  for (const json& entry : history) EXPECT_EQ(entry["outcome"], "Succeeded") << entry;
}

TEST(ReconcilerTest, ACredentialInUseHoldsTheNextMigrationUntilItIsFree) {
  Universe universe;
  universe.kube.Touch(kube::kManagedDatabases, {"ns", "shop"}, {{"spec", {{"desiredSchemaVersion", "v2"}}}});
  universe.Settle();
  universe.kube.Put(kube::kPods, {{"apiVersion", "v1"},
                                  {"kind", "Pod"},
                                  {"metadata", {{"namespace", "ns"}, {"name", "web"}}},
                                  {"spec", {{"volumes", {{{"secret", {{"secretName", "shop-v1"}}}}}}}},
                                  {"status", {{"phase", "Running"}}}});
  universe.kube.Touch(kube::kManagedDatabases, {"ns", "shop"}, {{"spec", {{"desiredSchemaVersion", "v3"}}}});
  universe.Settle();
  EXPECT_THAT(universe.Ready(), AllOf(HasSubstr("False CredentialsInUse"), HasSubstr("Pod web")));
  EXPECT_TRUE(universe.last.requeue_after.has_value());
  EXPECT_THAT(universe.agent().dropped(), Not(testing::Contains(Pair(testing::_, 3))));
  const size_t accounts = universe.agent().accounts().size();

  universe.kube.Remove(kube::kPods, {"ns", "web"});
  universe.Settle();
  EXPECT_EQ(universe.status()["currentVersion"], "v3");
  EXPECT_EQ(universe.agent().accounts().size(), accounts);  // v1 made room for v3
}

TEST(ReconcilerTest, AnAbsentAgentIsTriedAgainAndSaidSo) {
  Universe universe;
  universe.agent().SetFailure("GetDatabase", agent::NotAnswered(absl::UnavailableError("agent shop-db:8443: refused")));
  universe.Settle();
  EXPECT_FALSE(universe.last.status.ok());
  EXPECT_THAT(universe.Ready(), AllOf(HasSubstr("AgentUnreachable"), HasSubstr("shop-db:8443")));
  universe.agent().SetFailure("GetDatabase", absl::OkStatus());
  universe.Settle();
  EXPECT_THAT(universe.Ready(), HasSubstr("True UpToDate"));
}

TEST(ReconcilerTest, AnActionThatFailsReachesTheStatusAndIsTriedAgain) {
  Universe universe;
  universe.agent().SetFailure("EnsureAccount", absl::PermissionDeniedError("grant CREATEROLE to admin"));
  universe.Settle();
  EXPECT_THAT(universe.Ready(), AllOf(HasSubstr("ActionFailed"), HasSubstr("grant CREATEROLE to admin")));
  EXPECT_TRUE(universe.last.requeue_after.has_value());
  universe.agent().SetFailure("EnsureAccount", absl::OkStatus());
  universe.Settle();
  EXPECT_THAT(universe.Ready(), HasSubstr("True UpToDate"));
}

TEST(ReconcilerTest, DataMetricsThatTheAgentRefusesKeepNothingElse) {
  Universe universe;
  universe.kube.Touch(kube::kManagedDatabases, {"ns", "shop"}, {{"spec", {{"dataMetrics", {{"tableRows", {"t"}}}}}}});
  universe.agent().SetFailure("ConfigureDataMetrics", absl::InvalidArgumentError("database_x: not one SELECT"));
  universe.Settle();
  EXPECT_EQ(universe.status()["currentVersion"], "v4");
  EXPECT_TRUE(universe.last.requeue_after.has_value());
}

TEST(ReconcilerTest, SomebodyElsesSecretIsLeftAlone) {
  Universe universe;
  universe.kube.Put(kube::kSecrets, {{"apiVersion", "v1"},
                                     {"kind", "Secret"},
                                     {"metadata", {{"namespace", "ns"}, {"name", "shop-v1"}}},
                                     {"data", {{"password", "bWluZQ=="}}}});
  universe.Settle();
  EXPECT_THAT(universe.Ready(), AllOf(HasSubstr("ActionFailed"), HasSubstr("Secret ns/shop-v1 exists and is not of")));
  EXPECT_EQ(universe.kube.Find(kube::kSecrets, {"ns", "shop-v1"})["data"]["password"], "bWluZQ==");
  EXPECT_THAT(universe.runs, ElementsAre(Pair("v1", 1)));
}

TEST(ReconcilerTest, AStatusThatChangedMeanwhileIsPlannedAgain) {
  Universe universe;
  universe.kube.FailNext("apply", "manageddatabases", absl::AbortedError("conflict"));
  EXPECT_OK(universe.Reconcile().status);
  EXPECT_THAT(universe.status(), Not(IsEmpty()));
}

TEST(ReconcilerTest, AManagedDatabaseThatIsGoneIsForgotten) {
  Universe universe;
  universe.kube.Remove(kube::kManagedDatabases, {"ns", "shop"});
  const Retry retry = universe.Reconcile();
  EXPECT_OK(retry.status);
  EXPECT_FALSE(retry.requeue_after.has_value());
  EXPECT_TRUE(universe.recorder.gone);
  EXPECT_EQ(universe.Writes(), 0u);
}

TEST(ReconcilerTest, ASpecThatCannotBeReadIsToldAndLeftAlone) {
  Universe universe;
  universe.kube.Touch(kube::kManagedDatabases, {"ns", "shop"}, {{"spec", {{"readOnly", "perhaps"}}}});
  const Retry retry = universe.Reconcile();
  EXPECT_TRUE(retry.requeue_after.has_value());
  EXPECT_THAT(universe.recorder.notices, ElementsAre(AllOf(HasSubstr("InvalidConfiguration"), HasSubstr("readOnly"))));
  EXPECT_EQ(universe.Writes(), 0u);
}

TEST(ReconcilerTest, AListThatFailsIsNeverAnEmptyOne) {
  for (const char* resource : {"secrets", "jobs", "pods"}) {
    Universe universe;
    universe.Settle();
    universe.AddMigration("v5");
    universe.kube.Touch(kube::kManagedDatabases, {"ns", "shop"}, {{"spec", {{"desiredSchemaVersion", "v5"}}}});
    const auto accounts = universe.agent().accounts();
    const size_t secrets = universe.kube.Objects(kube::kSecrets).size();
    for (int i = 0; i < 20; ++i) universe.kube.FailNext("list", resource, absl::PermissionDeniedError("forbidden"));
    universe.Reconcile();
    EXPECT_EQ(universe.agent().accounts().size(), accounts.size()) << resource;
    EXPECT_EQ(universe.kube.Objects(kube::kSecrets).size(), secrets) << resource;
    EXPECT_THAT(universe.Ready(), AllOf(HasSubstr("False"), HasSubstr("forbidden"))) << resource;
  }
}

// As `kubectl delete` does.
void Delete(Universe& universe, const std::string& policy) {
  universe.kube.SetNow(universe.clock.Now());
  universe.kube.Touch(kube::kManagedDatabases, {"ns", "shop"},
                      {{"spec", {{"credentials", {{"deletionPolicy", policy}}}}}});
  EXPECT_OK(universe.kube.Delete(kube::kManagedDatabases, {"ns", "shop"}, {}));
}

TEST(ReconcilerTest, ADeletedOneIsLetGoAndItsCredentialsStay) {
  Universe universe;
  universe.Settle();
  Delete(universe, "Retain");
  universe.Settle();
  EXPECT_TRUE(universe.kube.Find(kube::kManagedDatabases, {"ns", "shop"}).is_null());
  EXPECT_TRUE(universe.recorder.gone);
  EXPECT_THAT(universe.agent().accounts(), SizeIs(2));
  EXPECT_THAT(universe.kube.Objects(kube::kSecrets), SizeIs(2));
}

TEST(ReconcilerTest, ADeletionOfEverythingEndsTheSameWhereverTheProcessEnds) {
  Universe reference("v2");
  reference.Settle();
  const size_t before = reference.points.size();
  Delete(reference, "Delete");
  reference.Settle();
  ASSERT_THAT(reference.agent().accounts(), IsEmpty());
  ASSERT_THAT(reference.kube.Objects(kube::kSecrets), IsEmpty());
  for (size_t i = before; i < reference.points.size(); ++i) {
    Universe universe("v2");
    universe.Settle();
    universe.crash_at = static_cast<int>(i);
    Delete(universe, "Delete");
    universe.Settle();
    ASSERT_TRUE(universe.kube.Find(kube::kManagedDatabases, {"ns", "shop"}).is_null()) << reference.points[i];
    ASSERT_EQ(universe.Summary(), reference.Summary()) << "after the end at " << reference.points[i];
  }
}

TEST(ReconcilerTest, ADeletedOneWhoseAgentIsGoneIsLetGoInTime) {
  Universe universe;
  universe.Settle();
  universe.agent().SetFailure("GetDatabase", agent::NotAnswered(absl::UnavailableError("refused")));
  Delete(universe, "Delete");
  universe.Reconcile();
  EXPECT_THAT(universe.Ready(), HasSubstr("DeletionWaits"));
  universe.clock.Advance(absl::Minutes(11));
  universe.Reconcile();
  EXPECT_TRUE(universe.kube.Find(kube::kManagedDatabases, {"ns", "shop"}).is_null());
  EXPECT_THAT(universe.recorder.notices, testing::Contains(AllOf(HasSubstr("Abandoned"), HasSubstr("shop-v4"))));
}

TEST(ReconcilerTest, APasswordThatSomebodyChangedIsSetBack) {
  Universe universe;
  universe.Settle();
  const json secret = universe.kube.Find(kube::kSecrets, {"ns", "shop-v3"});
  const std::string account = secret["metadata"]["annotations"][std::string(plan::kAccountAnnotation)];
  const absl::StatusOr<Secret> password = SecretValue(secret, "password");
  ASSERT_OK(password);
  agent::AccountRequest request;
  request.owner = secret["metadata"]["annotations"][std::string(plan::kDatabaseUidAnnotation)];
  request.name = account;
  request.version = "v3";
  request.replace_password = true;
  ASSERT_OK(universe.agent().EnsureAccount(request, Secret::Take("of somebody else")));
  EXPECT_OK(universe.Reconcile().status);
  EXPECT_FALSE(universe.agent().CanLogIn(account, password->Reveal())) << "it was proven a moment ago";
  universe.clock.Advance(absl::Minutes(5));
  universe.Settle();
  EXPECT_TRUE(universe.agent().CanLogIn(account, password->Reveal()));
  EXPECT_THAT(universe.recorder.notices, testing::Contains(HasSubstr("PasswordChanged")));
  EXPECT_THAT(universe.Ready(), HasSubstr("True UpToDate"));
}

TEST(ReconcilerTest, ASecretThatSomebodyDeletedIsMadeAgain) {
  for (const char* name : {"shop-v3", "shop-v4"}) {
    Universe universe;
    universe.Settle();
    universe.kube.Remove(kube::kSecrets, {"ns", name});
    universe.Settle();
    const json secret = universe.kube.Find(kube::kSecrets, {"ns", name});
    ASSERT_TRUE(secret.is_object());
    const absl::StatusOr<Secret> password = SecretValue(secret, "password");
    EXPECT_TRUE(universe.agent().CanLogIn(
        secret["metadata"]["annotations"][std::string(plan::kAccountAnnotation)].get<std::string>(),
        password->Reveal()));
    EXPECT_THAT(universe.recorder.notices, testing::Contains(HasSubstr("CredentialReplaced")));
  }
}

TEST(ReconcilerTest, AStopIsObeyed) {
  Universe universe;
  StopSource source;
  source.RequestStop();
  EXPECT_THAT(universe.reconciler->Reconcile({"ns", "shop"}, source.Token()).status,
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(universe.kube.calls(), IsEmpty());
}

}  // namespace
}  // namespace dba
