// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/resource.h"

#include "gtest/gtest.h"

namespace dba::kube {
namespace {

TEST(ResourcePathTest, NamesAnObjectOfAGroup) {
  EXPECT_EQ(ResourcePath(kJobs, {"shop", "x"}), "/apis/batch/v1/namespaces/shop/jobs/x");
}

TEST(ResourcePathTest, NamesAnObjectOfTheCoreGroup) {
  EXPECT_EQ(ResourcePath(kSecrets, {"shop", "x"}), "/api/v1/namespaces/shop/secrets/x");
}

TEST(ResourcePathTest, NamesCollectionsOfANamespaceAndOfTheCluster) {
  EXPECT_EQ(ResourcePath(kJobs, {"shop", ""}), "/apis/batch/v1/namespaces/shop/jobs");
  EXPECT_EQ(ResourcePath(kJobs, {}), "/apis/batch/v1/jobs");
}

TEST(ResourcePathTest, NamesAnObjectOutsideNamespaces) {
  EXPECT_EQ(ResourcePath(kNamespaces, {"", "shop"}), "/api/v1/namespaces/shop");
}

TEST(ResourcePathTest, KeepsAHostileNameInsideItsSegment) {
  EXPECT_EQ(ResourcePath(kSecrets, {"a/b", "../x?y=1\r\n"}), "/api/v1/namespaces/a%2Fb/secrets/..%2Fx%3Fy%3D1%0D%0A");
}

TEST(PercentEncodeTest, KeepsOnlyUnreservedCharacters) {
  EXPECT_EQ(PercentEncode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(PercentEncode("a=b,c d+\xC3\xA4"), "a%3Db%2Cc%20d%2B%C3%A4");
}

TEST(DescribeObjectTest, NamesKindNamespaceAndName) {
  EXPECT_EQ(DescribeObject(kJobs, {"shop", "x"}), "Job shop/x");
  EXPECT_EQ(DescribeObject(kJobs, {"shop", ""}), "Job shop/*");
  EXPECT_EQ(DescribeObject(kNamespaces, {"", "shop"}), "Namespace shop");
}

TEST(ApiVersionTest, LeavesTheCoreGroupOut) {
  EXPECT_EQ(ApiVersion(kJobs), "batch/v1");
  EXPECT_EQ(ApiVersion(kSecrets), "v1");
}

}  // namespace
}  // namespace dba::kube
