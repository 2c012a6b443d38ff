// SPDX-License-Identifier: Apache-2.0
#include "common/grpc_status.h"

#include "gtest/gtest.h"

namespace dba {
namespace {

static_assert(static_cast<int>(absl::StatusCode::kNotFound) == grpc::StatusCode::NOT_FOUND, "codes are equal");

TEST(GrpcStatusTest, EveryCodeSurvivesTheRoundTrip) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok());
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "why");
    const grpc::Status over_the_wire = ToGrpcStatus(status);
    EXPECT_EQ(over_the_wire.error_code(), code);
    EXPECT_EQ(over_the_wire.error_message(), "why");
    EXPECT_EQ(FromGrpcStatus(over_the_wire), status);
  }
}

TEST(GrpcStatusTest, AnUndefinedCodeBecomesUnknown) {
  // The enumeration has five bits; a number past them would be undefined behaviour in gRPC's own header.
  EXPECT_EQ(FromGrpcStatus(grpc::Status(static_cast<grpc::StatusCode>(20), "x")), absl::UnknownError("x"));
}

}  // namespace
}  // namespace dba
