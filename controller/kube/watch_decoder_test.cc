// SPDX-License-Identifier: Apache-2.0
#include "controller/kube/watch_decoder.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace dba::kube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Decoded {
  std::vector<std::string> events;
  absl::Status status;
};

Decoded Decode(const std::vector<std::string>& chunks) {
  Decoded decoded;
  WatchDecoder decoder("watch Job shop/*", [&](const WatchEvent& event) {
    decoded.events.push_back(absl::StrCat(static_cast<int>(event.type), event.object.dump()));
  });
  for (const std::string& chunk : chunks) decoded.status = decoder.Feed(chunk);
  return decoded;
}

const char kStream[] =
    "{\"type\":\"ADDED\",\"object\":{\"a\":\"\xC3\xA4\\n\"}}\n"
    "{\"type\":\"MODIFIED\",\"object\":{\"b\":2}}\r\n\n"
    "{\"type\":\"DELETED\",\"object\":{}}\n"
    "{\"type\":\"BOOKMARK\",\"object\":{\"c\":3}}\n";

TEST(WatchDecoderTest, DecodesEveryType) {
  const Decoded decoded = Decode({kStream});
  EXPECT_TRUE(decoded.status.ok()) << decoded.status;
  EXPECT_THAT(decoded.events, ElementsAre("0{\"a\":\"\xC3\xA4\\n\"}", "1{\"b\":2}", "2{}", "3{\"c\":3}"));
}

TEST(WatchDecoderTest, DoesNotDependOnWhereTheBytesAreSplit) {
  const std::string stream = kStream;
  const Decoded whole = Decode({stream});
  for (size_t at = 0; at <= stream.size(); ++at) {
    EXPECT_EQ(Decode({stream.substr(0, at), stream.substr(at)}).events, whole.events) << at;
  }
  std::vector<std::string> single;
  for (const char c : stream) single.emplace_back(1, c);
  EXPECT_EQ(Decode(single).events, whole.events);
}

TEST(WatchDecoderTest, KeepsAnUnfinishedLineBack) {
  EXPECT_THAT(Decode({"{\"type\":\"ADDED\",\"object\":{}}"}).events, IsEmpty());
}

TEST(WatchDecoderTest, AnExpiredVersionMeansListAgain) {
  const Decoded decoded = Decode({"{\"type\":\"ERROR\",\"object\":{\"code\":410,\"reason\":\"Expired\"}}\n"});
  EXPECT_EQ(decoded.status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(decoded.events, IsEmpty());
}

TEST(WatchDecoderTest, StaysBrokenAfterAnError) {
  const Decoded decoded =
      Decode({"{\"type\":\"ERROR\",\"object\":{\"code\":500}}\n{\"type\":\"ADDED\",\"object\":{}}\n",
              "{\"type\":\"ADDED\",\"object\":{}}\n"});
  EXPECT_EQ(decoded.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(decoded.events, IsEmpty());
}

TEST(WatchDecoderTest, RefusesLinesThatAreNoEvents) {
  for (const char* line : {"x", "[]", "{}", "{\"type\":\"ADDED\"}", "{\"type\":\"ADDED\",\"object\":1}",
                           "{\"type\":\"OTHER\",\"object\":{}}", "{\"type\":5,\"object\":{}}", "\xFF\xFE"}) {
    EXPECT_EQ(Decode({absl::StrCat(line, "\n")}).status.code(), absl::StatusCode::kUnavailable) << line;
  }
}

TEST(WatchDecoderTest, CapsTheLengthOfALine) {
  const std::string half(WatchDecoder::kMaxLineBytes / 2, ' ');
  EXPECT_TRUE(Decode({half, half}).status.ok());
  EXPECT_EQ(Decode({half, half, " "}).status.code(), absl::StatusCode::kUnavailable);
}

TEST(WatchDecoderTest, SurvivesAnyChangedByte) {
  const std::string stream = kStream;
  for (size_t at = 0; at < stream.size(); ++at) {
    for (const char c : {'\0', '"', '{', '}', '\n', '\xFF', '9'}) {
      std::string mutated = stream;
      mutated[at] = c;
      EXPECT_LE(Decode({mutated}).events.size(), 5U);
    }
  }
}

}  // namespace
}  // namespace dba::kube
