#pragma once

#include <cstdint>
#include <string>

#include "runtime/observe/run_report.hpp"

namespace weir {

/// What kept a run from being faster.
struct bottleneck {
  enum class kind : std::uint8_t {
    none,     ///< nothing stands out: every stage had time to spare
    stage,    ///< one stage was busy most of the time
    threads,  ///< all threads were busy, and no single stage most of the time
    input,    ///< a source waited for its input
    output,   ///< a sink waited for what it writes to
  };
  kind what = kind::none;
  std::string stage;  ///< the busiest stage, or the source or sink that waited
  double share = 0;   ///< of the run's time: busy, or waiting
};

/// Names the stage with the highest share of busy time where that is what the others waited for,
/// the sink that waited for its output or the source that waited for its input where nobody was
/// busy.
bottleneck find_bottleneck(const run_report& run);

/// `'parse', busy 97 % of the time`.
std::string to_text(const bottleneck& what);

}  // namespace weir
