#pragma once

#include <vector>

#include "runtime/base/random.hpp"

namespace weir {

/// Draws from a log-normal distribution by a table of its quantiles: one random number and no
/// logarithm a value. Values lie within 3.7 standard deviations of the logarithm.
///
/// Threads: const calls from any thread.
class log_normal {
 public:
  /// Half of the values are below `median`; `deviation` is the standard deviation of the logarithm.
  log_normal(double median, double deviation);

  double draw(random_source& random) const {
    const double at = random.fraction() * static_cast<double>(quantiles_.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const double within = at - static_cast<double>(below);
    return quantiles_[below] + (quantiles_[below + 1] - quantiles_[below]) * within;
  }

 private:
  std::vector<double> quantiles_;
};

}  // namespace weir
