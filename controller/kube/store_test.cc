// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/store.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::kube {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

const ObjectKey kA{"n1", "a"};
const ObjectKey kB{"n1", "b"};
const ObjectKey kC{"n2", "c"};

TEST(StoreTest, ReturnsWhatWasPut) {
  Store store;
  EXPECT_FALSE(store.Get(kA).has_value());
  EXPECT_TRUE(store.Put(kA, {{"x", 1}}));
  EXPECT_EQ(*store.Get(kA), (json{{"x", 1}}));
  EXPECT_TRUE(store.Remove(kA));
  EXPECT_FALSE(store.Get(kA).has_value());
}

TEST(StoreTest, SaysWhetherAnythingChanged) {
  Store store;
  EXPECT_TRUE(store.Put(kA, 1));
  EXPECT_FALSE(store.Put(kA, 1));
  EXPECT_TRUE(store.Put(kA, 2));
  EXPECT_FALSE(store.Remove(kB));
}

TEST(StoreTest, ListsOneNamespaceOrAll) {
  Store store;
  store.Put(kC, 3);
  store.Put(kA, 1);
  store.Put(kB, 2);
  EXPECT_THAT(store.ListByNamespace("n1"), ElementsAre(json(1), json(2)));
  EXPECT_THAT(store.ListByNamespace(""), ElementsAre(json(1), json(2), json(3)));
  EXPECT_THAT(store.ListByNamespace("n3"), IsEmpty());
  EXPECT_THAT(store.Keys(), ElementsAre(kA, kB, kC));
}

TEST(StoreTest, ReplaceTellsWhatCameChangedAndWent) {
  Store store;
  store.Put(kA, 1);
  store.Put(kB, 1);
  EXPECT_THAT(store.Replace({{kA, 1}, {kC, 1}}), ElementsAre(kC, kB));
  EXPECT_THAT(store.Keys(), ElementsAre(kA, kC));
  EXPECT_THAT(store.Replace({{kA, 2}, {kC, 1}}), ElementsAre(kA));
}

TEST(StoreTest, FindsByIndexAndForgetsOldWords) {
  Store store([](const json& value) { return value.get<std::vector<std::string>>(); });
  store.Put(kA, {"s1", "s2"});
  store.Put(kB, {"s2"});
  EXPECT_THAT(store.KeysByIndex("s2"), ElementsAre(kA, kB));
  store.Put(kA, {"s3"});
  EXPECT_THAT(store.KeysByIndex("s1"), IsEmpty());
  EXPECT_THAT(store.KeysByIndex("s2"), ElementsAre(kB));
  store.Remove(kB);
  EXPECT_THAT(store.KeysByIndex("s2"), IsEmpty());
  store.Replace({});
  EXPECT_THAT(store.KeysByIndex("s3"), IsEmpty());
}

}  // namespace
}  // namespace dba::kube
