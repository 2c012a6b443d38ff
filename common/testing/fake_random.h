// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_COMMON_TESTING_FAKE_RANDOM_H_
#define DBA_COMMON_TESTING_FAKE_RANDOM_H_

#include <cstdint>
#include <random>

#include "common/mutex.h"
#include "common/random.h"

namespace dba {

// A sequence that depends only on the seed. Thread-safe.
class FakeRandom : public SecureRandom {
 public:
  explicit FakeRandom(uint64_t seed = 1) : engine_(seed) {}

  void Fill(absl::Span<uint8_t> bytes) override {
    MutexLock lock(&mu_);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(engine_() >> 56);
  }

 private:
  Mutex mu_;
  std::mt19937_64 engine_ ABSL_GUARDED_BY(mu_);
};

}  // namespace dba

#endif  // DBA_COMMON_TESTING_FAKE_RANDOM_H_
