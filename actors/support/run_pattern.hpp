#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/codecs/byte_lanes.hpp"

namespace weir {

/// A regular expression that needs no choice: literals and runs of one class of characters, each
/// of which ends where something else begins, from the first character of the text on. Most
/// patterns for log lines are of this kind:
///
///   ^(?<host>[^ ]+) \[(?<time>[^\]]+)\] "(?<request>(?:[^"\\]|\\.)*)" (?<status>\d{3})
///
/// What it matches is found in one pass, many bytes at once, and is what any engine finds: as no
/// run can be followed by one of its own characters, there is one way to match, if any.
///
/// Threads: may be used from any number of threads.
class run_pattern {
 public:
  /// The pattern, in RE2's syntax; none if it is of another kind.
  /// Requires: RE2 takes `pattern`.
  static std::optional<run_pattern> of(std::string_view pattern);

  enum class found : std::uint8_t { match, nothing, unknown };
  /// `groups` gets the text of each group from group 0, the whole match. Unknown: the text is not
  /// UTF-8, of which engines have their own views.
  /// Requires: `text` lies in a column's buffer (`buffer::padding`), and `groups` has room for all.
  found match(std::string_view text, std::vector<std::string_view>& groups) const;

 private:
  friend class run_pattern_reader;

  using byte_set = std::bitset<256>;

  // With more bytes that end a run, looking for them is slower than a table.
  static constexpr std::size_t stops_max = 5;

  // Something and, behind it, a literal, which may be empty.
  struct step {
    enum class what : std::uint8_t {
      nothing,
      until,    ///< a run of all bytes but `stops`
      members,  ///< a run of bytes that are in `set`
      escaped,  ///< the same as `until`, where a backslash takes its meaning from what follows
      open,
      close,
    };
    what how = what::nothing;
    std::size_t stop_count = 0;
    // In all lanes; the first once more where there are fewer.
    std::array<codecs::byte_lanes, stops_max + 1> stops = {};
    std::size_t least = 0;  // of a run, in bytes
    std::size_t most = 0;   // likewise
    // The group that opens, closes, or is the run and no more; else 0, which is set at the end.
    std::size_t group = 0;
    byte_set set = {};  // of a run: its bytes
    codecs::byte_lanes literal = {};
    std::uint32_t literal_bits = 0;  // a bit for each byte of it, the first least significant
    std::size_t literal_size = 0;

    bool is_run() const {
      return how == what::until || how == what::members || how == what::escaped;
    }
  };

  std::vector<step> steps_;
  bool ends_text_ = false;  // whether there may be nothing behind the last step
};

}  // namespace weir
