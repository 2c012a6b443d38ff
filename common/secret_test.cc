// SPDX-License-Identifier: Apache-2.0
#include "common/secret.h"

#include <string>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"

namespace dba {
namespace {

template <typename T, typename = void>
struct IsPrintable : std::false_type {};
template <typename T>
struct IsPrintable<T, std::void_t<decltype(std::declval<std::ostream&>() << std::declval<const T&>())>>
    : std::true_type {};

static_assert(IsPrintable<std::string>::value, "the check itself works");
static_assert(!IsPrintable<Secret>::value, "a Secret must not be printable");
static_assert(!std::is_convertible<Secret, absl::string_view>::value, "only Reveal() shows the text");
static_assert(!std::is_convertible<std::string, Secret>::value, "a Secret is made on purpose");

TEST(SecretTest, RevealsWhatItWasGiven) {
  EXPECT_EQ(Secret("pass\0word").Reveal(), absl::string_view("pass"));
  EXPECT_TRUE(Secret().empty());
  EXPECT_EQ(Secret().Reveal(), "");
  EXPECT_FALSE(Secret("x").empty());
}

TEST(SecretTest, ComparesByText) {
  EXPECT_TRUE(Secret("same") == Secret("same"));
  EXPECT_TRUE(Secret() == Secret(""));
  EXPECT_TRUE(Secret("same") != Secret("sane"));
  EXPECT_TRUE(Secret("same") != Secret("same longer"));
  EXPECT_TRUE(Secret("same") != Secret());
}

TEST(SecretTest, CopiesAndMoves) {
  Secret a("text");
  Secret copy = a;
  Secret moved = std::move(a);
  EXPECT_EQ(copy.Reveal(), "text");
  EXPECT_EQ(moved.Reveal(), "text");
  EXPECT_NE(copy.Reveal().data(), moved.Reveal().data());
  copy = Secret("other");
  EXPECT_EQ(copy.Reveal(), "other");
}

TEST(SecretTest, TakeEmptiesAndOverwritesTheSource) {
  std::string text = "a password that is longer than the small-string buffer";
  const char* bytes = text.data();
  const Secret secret = Secret::Take(std::move(text));
  EXPECT_TRUE(text.empty());  // NOLINT(bugprone-use-after-move): the function
                              // promises it
  EXPECT_EQ(bytes[5], '\0');
  EXPECT_EQ(secret.Reveal().substr(0, 10), "a password");
}

TEST(SecretTest, GoogleTestShowsNoClearText) {
  EXPECT_EQ(testing::PrintToString(Secret("hunter2")).find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace dba
