#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/base/random.hpp"

namespace weir {

/// Picks numbers from 0 on with given weights, in constant time and with one random number each.
/// Source: the alias method; M. D. Vose, "A linear algorithm for generating random numbers with a
/// given distribution".
///
/// Threads: const calls from any thread.
class weighted_choice {
 public:
  /// Requires: at least one weight, none negative, one above 0, all finite.
  explicit weighted_choice(std::span<const double> weights);

  std::uint32_t pick(random_source& random) const {
    const std::uint64_t drawn = random.next();
    const auto at = static_cast<std::uint32_t>(((drawn >> 32) * slots_.size()) >> 32);
    const slot& s = slots_[at];
    return static_cast<std::uint32_t>(drawn) < s.threshold ? at : s.other;
  }

 private:
  struct slot {
    std::uint64_t threshold;  ///< of 2^32: below it the slot's own number is picked
    std::uint32_t other;
  };
  std::vector<slot> slots_;
};

/// The weights of `count` things of which the n-th is asked for in proportion to 1 / n^exponent.
std::vector<double> zipf_weights(std::size_t count, double exponent);

}  // namespace weir
