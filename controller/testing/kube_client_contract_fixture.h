// SPDX-License-Identifier: Apache-2.0
//
// A namespace of its own for each test of a KubeClient, and a kind to try things on.
#ifndef DBA_CONTROLLER_TESTING_KUBE_CLIENT_CONTRACT_FIXTURE_H_
#define DBA_CONTROLLER_TESTING_KUBE_CLIENT_CONTRACT_FIXTURE_H_

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "controller/kube/kube_client.h"
#include "controller/kube/resource.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace dba::kube {

// A kind of our own with the status subresource and conditions as a list map; its CRD is in integration/testdata.
inline constexpr Resource kWidgets{"test.dbaoperator.dev", "v1", "widgets", "Widget"};

struct KubeClientContractParam {
  std::string name;
  std::function<std::unique_ptr<KubeClient>()> make_client;
  // Makes version 1 too old for a watch; on a real API server it is from the start.
  std::function<void(KubeClient*)> forget_history;
};
inline void PrintTo(const KubeClientContractParam& param, std::ostream* os) { *os << param.name; }

class KubeClientContractTest : public testing::TestWithParam<KubeClientContractParam> {
 protected:
  using json = nlohmann::json;

  void SetUp() override {
    client_ = GetParam().make_client();
    const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
    for (const char c : test.substr(0, test.find('/'))) space_.push_back(static_cast<char>(tolower(c)));
    const json space = {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", space_}}}};
    ASSERT_TRUE(client_->Create(kNamespaces, space).ok());
  }

  json Widget(const std::string& name, json extra = json::object()) const {
    json object = {{"apiVersion", "test.dbaoperator.dev/v1"},
                   {"kind", "Widget"},
                   {"metadata", {{"name", name}, {"namespace", space_}}}};
    object.merge_patch(extra);
    return object;
  }
  ObjectKey Key(const std::string& name) const { return {space_, name}; }

  json MustCreate(const json& object) { return Must(client_->Create(kWidgets, object)); }
  json MustGet(const std::string& name) { return Must(client_->Get(kWidgets, Key(name))); }
  json MustPatch(const std::string& name, const json& patch) {
    return Must(client_->MergePatch(kWidgets, Key(name), patch));
  }
  json MustApply(const json& object, const std::string& manager, const std::string& subresource = "") {
    return Must(client_->Apply(kWidgets, object, manager, subresource));
  }
  static json Must(const absl::StatusOr<json>& result) {
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : json{{"metadata", json::object()}};
  }
  static std::string Version(const json& object) { return object["metadata"].value("resourceVersion", ""); }
  static std::string Uid(const json& object) { return object["metadata"].value("uid", ""); }
  static int Generation(const json& object) { return object["metadata"].value("generation", 0); }

  std::vector<std::string> Names(const std::string& selector) {
    const absl::StatusOr<ObjectList> list = client_->List(kWidgets, space_, selector);
    EXPECT_TRUE(list.ok()) << list.status();
    std::vector<std::string> names;
    if (!list.ok()) return names;
    for (const json& item : list->items) names.push_back(item["metadata"]["name"]);
    return names;
  }

  std::unique_ptr<KubeClient> client_;
  std::string space_;
};

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_TESTING_KUBE_CLIENT_CONTRACT_FIXTURE_H_
