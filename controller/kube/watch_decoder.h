// SPDX-License-Identifier: Apache-2.0
//
// Turns the bytes of a watch stream into events. Pure: no I/O, and the result does not depend on how the bytes are
// split.
#ifndef DBA_CONTROLLER_KUBE_WATCH_DECODER_H_
#define DBA_CONTROLLER_KUBE_WATCH_DECODER_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "controller/kube/kube_client.h"

namespace dba::kube {

// Thread-compatible.
class WatchDecoder {
 public:
  // The longest line that is accepted, in bytes; etcd refuses objects above 1.5 MiB.
  static constexpr size_t kMaxLineBytes = 8 << 20;

  // `context` begins every message: "watch Job shop/*". `sink` gets each event from within Feed().
  WatchDecoder(std::string context, std::function<void(WatchEvent)> sink);

  // Takes the next bytes of the stream. Once it returned an error, so do all later calls:
  //   OUT_OF_RANGE  an ERROR event with code 410: list again
  //   other codes   an ERROR event with another code, as api_error.h maps it
  //   UNAVAILABLE   a line that is no watch event, or longer than kMaxLineBytes: the stream is broken, watch again
  absl::Status Feed(absl::string_view bytes);

 private:
  absl::Status DecodeLine(absl::string_view line);

  const std::string context_;
  const std::function<void(WatchEvent)> sink_;
  std::string rest_;  // the beginning of a line whose end has not come
  absl::Status broken_;
};

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_KUBE_WATCH_DECODER_H_
