#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/base/result.hpp"

namespace weir {

/// A rejected record as it was kept, with what is needed to give it to its stage once more.
struct dead_letter {
  enum class form : std::uint8_t {
    record,  ///< a JSON object
    raw,     ///< bytes that could not be read as a record
  };

  std::string stage;
  std::string code;  ///< why it was rejected
  std::string file;  ///< that it came from; empty: none
  std::uint64_t offset = 0;
  std::uint64_t line = 0;
  form what = form::record;
  std::string content;  ///< the object's text, or the bytes

  /// Whether the bytes are all there were: of some that are too long, or that were not read to
  /// their end, only the beginning is kept.
  bool is_whole() const { return code != "record-too-long" && code != "unfinished-record"; }
};

/// Reads a line as `weir run --dead-letters` writes it; other keys than those above may be missing,
/// and any may be added.
///
/// Errors: `not-a-dead-letter`, with what was found.
result<dead_letter> read_dead_letter(std::string_view line);

}  // namespace weir
