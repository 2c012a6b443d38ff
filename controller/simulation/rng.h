// SPDX-License-Identifier: Apache-2.0
#ifndef DBA_CONTROLLER_SIMULATION_RNG_H_
#define DBA_CONTROLLER_SIMULATION_RNG_H_

#include <cstdint>

namespace dba::simulation {

// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed on every machine and compiler, which the
// distributions of <random> do not promise.
class Rng {
 public:
  explicit Rng(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

  // 0 <= result < n; n > 0.
  int Below(int n) { return static_cast<int>(Next() % static_cast<uint64_t>(n)); }
  // True in `per_mille` of 1,000 cases.
  bool Chance(int per_mille) { return Below(1000) < per_mille; }

 private:
  uint64_t state_;
};

}  // namespace dba::simulation

#endif  // DBA_CONTROLLER_SIMULATION_RNG_H_
