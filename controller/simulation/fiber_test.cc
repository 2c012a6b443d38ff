// SPDX-License-Identifier: Apache-2.0
#include "controller/simulation/fiber.h"

#include <stdexcept>
#include <string>

#include "gtest/gtest.h"

namespace dba::simulation {
namespace {

TEST(FiberTest, TakesTurnsWithItsCaller) {
  Fiber fiber;
  std::string order;
  fiber.Start([&] {
    order += "a";
    fiber.Yield();
    order += "b";
    fiber.Yield();
    order += "c";
  });
  order += "1";
  fiber.Resume();
  order += "2";
  EXPECT_TRUE(fiber.running());
  fiber.Resume();
  EXPECT_FALSE(fiber.running());
  EXPECT_EQ(order, "a1b2c");
}

TEST(FiberTest, RunsAnotherBodyAfterTheFirst) {
  Fiber fiber;
  int runs = 0;
  for (int i = 0; i < 3; ++i) fiber.Start([&] { ++runs; });
  EXPECT_EQ(runs, 3);
}

TEST(FiberTest, TwoFibersStandInTheirMiddleAtOnce) {
  Fiber first, second;
  std::string order;
  first.Start([&] {
    first.Yield();
    order += "first";
  });
  second.Start([&] {
    second.Yield();
    order += "second ";
  });
  second.Resume();
  first.Resume();
  EXPECT_EQ(order, "second first");
}

TEST(FiberTest, ExceptionsStayInside) {
  Fiber fiber;
  std::string caught;
  fiber.Start([&] {
    try {
      fiber.Yield();
      throw std::runtime_error("inside");
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
  });
  fiber.Resume();
  EXPECT_EQ(caught, "inside");
}

}  // namespace
}  // namespace dba::simulation
