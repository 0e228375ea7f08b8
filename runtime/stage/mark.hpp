#pragma once

#include <cstdint>

namespace weir {

/// What travels in line with chunks and is no record.
struct mark {
  enum class kind : std::uint8_t {
    progress,  ///< a chunk was handled and left nothing; shows that the stage is not holding back
    flush,     ///< the source is idle for now: what is held for efficiency alone should go on
  };
  kind what = kind::progress;

  bool operator==(const mark&) const = default;
};

}  // namespace weir
