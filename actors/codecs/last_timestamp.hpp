#pragma once

#include <cstdint>
#include <string_view>

#include "actors/codecs/byte_lanes.hpp"
#include "runtime/data/time_text.hpp"

namespace weir::codecs {

/// The text of the timestamp that was written last: records that follow one another often have
/// the same.
class last_timestamp {
 public:
  /// Memory: valid until the next call; `copy_step` bytes may be read from where it begins.
  std::string_view text(std::int64_t nanoseconds) {
    if (nanoseconds != value_ || size_ == 0) {
      value_ = nanoseconds;
      size_ = static_cast<std::size_t>(write_timestamp(text_, nanoseconds) - text_);
    }
    return {text_, size_};
  }

 private:
  std::int64_t value_ = 0;
  std::size_t size_ = 0;
  char text_[timestamp_text_max + copy_step] = {};
};

}  // namespace weir::codecs
