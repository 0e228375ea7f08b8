#include "actors/support/weighted_choice.hpp"

#include <cmath>
#include <numeric>

#include "runtime/base/check.hpp"

namespace weir {

weighted_choice::weighted_choice(std::span<const double> weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  WEIR_CHECK(sum > 0, "a choice without weight");
  const auto count = weights.size();
  std::vector<double> share(count);
  std::vector<std::uint32_t> small;
  std::vector<std::uint32_t> large;
  for (std::uint32_t i = 0; i < count; ++i) {
    share[i] = weights[i] / sum * static_cast<double>(count);
    (share[i] < 1 ? small : large).push_back(i);
  }
  constexpr std::uint64_t always = std::uint64_t{1} << 32;
  slots_.assign(count, {always, 0});
  // Each slot that is less than full is filled up by one that is more than full.
  while (!small.empty() && !large.empty()) {
    const auto poor = small.back();
    const auto rich = large.back();
    small.pop_back();
    slots_[poor] = {static_cast<std::uint64_t>(share[poor] * 0x1p32), rich};
    share[rich] -= 1 - share[poor];
    if (share[rich] < 1) {
      large.pop_back();
      small.push_back(rich);
    }
  }
}

std::vector<double> zipf_weights(std::size_t count, double exponent) {
  std::vector<double> weights(count);
  for (std::size_t i = 0; i < count; ++i)
    weights[i] = std::pow(static_cast<double>(i + 1), -exponent);
  return weights;
}

}  // namespace weir
