#include "actors/support/log_normal.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace weir {
namespace {

constexpr std::size_t steps = 1024;
// Where the first and the last quantile lie, which would be infinite.
constexpr double ends = 0.0001;

// The number of standard deviations below which a share of a normal distribution lies.
double normal_quantile(double share) {
  double low = -8;
  double high = 8;
  while (high - low > 1e-9) {
    const double middle = (low + high) / 2;
    const double below = std::erfc(-middle / std::numbers::sqrt2) / 2;
    (below < share ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

log_normal::log_normal(double median, double deviation) {
  quantiles_.reserve(steps + 1);
  for (std::size_t i = 0; i <= steps; ++i) {
    const double share = std::clamp(static_cast<double>(i) / steps, ends, 1 - ends);
    quantiles_.push_back(median * std::exp(deviation * normal_quantile(share)));
  }
}

}  // namespace weir
