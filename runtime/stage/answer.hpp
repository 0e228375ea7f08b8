#pragma once

#include <cstdint>

#include "runtime/base/result.hpp"

namespace weir {

/// What a stage says at the end of a call; the fourth answer is an error, which is a failure.
enum class answer : std::uint8_t {
  more,  ///< call again as soon as all outputs have room, before any further input
  wait,  ///< nothing more for now: until the next input, or (a source) until woken
  end,   ///< enough: a source has no more, a transform or sink wants no more
};

using stage_answer = result<answer>;

}  // namespace weir
