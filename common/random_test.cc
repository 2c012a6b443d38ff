// SPDX-License-Identifier: Apache-2.0
#include "common/random.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "common/testing/fake_random.h"
#include "gtest/gtest.h"

namespace dba {
namespace {

class ConstantRandom : public SecureRandom {
 public:
  explicit ConstantRandom(uint8_t value) : value_(value) {}
  void Fill(absl::Span<uint8_t> bytes) override { std::fill(bytes.begin(), bytes.end(), value_); }

 private:
  const uint8_t value_;
};

TEST(KernelRandomTest, FillsTheWholeBufferWithFreshBytes) {
  KernelRandom random;
  std::set<std::vector<uint8_t>> seen;
  for (int i = 0; i < 10; ++i) {
    std::vector<uint8_t> bytes(1000);
    random.Fill(absl::MakeSpan(bytes));
    // 100 zero bytes at the end by chance: 2^-800.
    EXPECT_NE(std::count(bytes.end() - 100, bytes.end(), 0), 100);
    seen.insert(bytes);
  }
  EXPECT_EQ(seen.size(), 10u);
}

TEST(GeneratePasswordTest, Is43CharactersOfBase64Url) {
  KernelRandom random;
  const Secret password = GeneratePassword(random);
  EXPECT_EQ(password.Reveal().size(), 43u);
  const std::string allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (char c : password.Reveal()) EXPECT_NE(allowed.find(c), std::string::npos);
  EXPECT_TRUE(GeneratePassword(random) != password);
}

TEST(GeneratePasswordTest, UsesAllBytes) {
  ConstantRandom ones(0xff);
  EXPECT_EQ(GeneratePassword(ones).Reveal(), std::string(42, '_') + "8");
}

TEST(JitterTest, StaysBelowOne) {
  ConstantRandom highest(0xff);
  ConstantRandom lowest(0);
  EXPECT_LT(Jitter(highest), 1.0);
  EXPECT_GT(Jitter(highest), 0.999999);
  EXPECT_EQ(Jitter(lowest), 0.0);
}

TEST(FakeRandomTest, SameSeedSameBytes) {
  FakeRandom a(7);
  FakeRandom b(7);
  FakeRandom c(8);
  const std::string first = RandomHex(a, 16);
  EXPECT_EQ(first.size(), 32u);
  EXPECT_EQ(first, RandomHex(b, 16));
  EXPECT_NE(first, RandomHex(c, 16));
  EXPECT_NE(first, RandomHex(a, 16));
}

}  // namespace
}  // namespace dba
