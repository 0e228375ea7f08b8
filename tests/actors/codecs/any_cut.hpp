#pragma once

#include <rapidcheck.h>

#include <string>

#include "tests/actors/codecs/reading.hpp"

namespace weir::testing {

/// Checks that `text` gives the same records however it is cut, and how large chunks are.
inline void check_any_cut(const format_under_test& format, const std::string& text,
                          const codecs::reader_options& options) {
  const reading whole = read_all(format, text, options);
  for (int i = 0; i < 3; ++i) {
    codecs::reader_options other = options;
    other.rows_max = *rc::gen::inRange<std::uint32_t>(1, 20);
    codecs::cutter_options cut;
    cut.block.bytes = *rc::gen::inRange<std::uint64_t>(1, 100);
    const auto piece = *rc::gen::inRange<std::size_t>(1, 40);
    const auto every = *rc::gen::inRange<std::size_t>(1, 5);
    const reading again = read_all(format, text, other, cut, piece, every);
    if (!again.same_as(whole)) {
      RC_ASSERT(again.records == whole.records);
      RC_ASSERT(again.places == whole.places);
      RC_ASSERT(again.raw == whole.raw);
      RC_ASSERT(again.bad == whole.bad);
      RC_ASSERT(again.failure == whole.failure);
    }
  }
}

}  // namespace weir::testing
