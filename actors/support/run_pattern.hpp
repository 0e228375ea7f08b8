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

  /// How many texts `match_all` takes.
  static constexpr std::size_t at_once = 8;
  /// Matches several texts side by side, so that none waits long for where a run of another ends.
  /// `groups` get what `match` would give, by group and then by text. False: some text does not
  /// match, or is not UTF-8; of the others nothing is known then.
  /// Requires: the same as of `match`.
  bool match_all(const std::array<std::string_view, at_once>& texts,
                 std::vector<std::array<std::string_view, at_once>>& groups) const;

 private:
  friend class run_pattern_reader;

  using byte_set = std::bitset<256>;

  // With more bytes that end a run, looking for them is slower than a table.
  static constexpr std::size_t stops_max = 5;

  // Something and, behind it, a literal, which may be empty.
  struct step {
    enum class what : std::uint8_t {
      nothing,
      until_one,   ///< a run of all bytes but one, the first of `stops`
      until_two,   ///< a run of all bytes but the first two of `stops`
      until_some,  ///< a run of all bytes but `stops`
      range,       ///< a run of bytes that follow one another in ASCII, as digits do
      members,     ///< a run of bytes that are in `set`
      // The same as `until_two` and `until_some`, where a backslash takes its meaning from what
      // follows.
      escaped_two,
      escaped_some,
      open,
      close,
    };
    what how = what::nothing;
    // In all lanes; the first once more where there are fewer. Of a range: what a byte is made less
    // by, and what it is then not above, with signs.
    std::array<codecs::byte_lanes, stops_max + 1> stops = {};
    std::size_t least = 0;  // of a run, in bytes
    std::size_t most = 0;   // likewise
    // The group that opens, closes, or is the run and no more; else 0, which is set at the end.
    std::size_t group = 0;
    byte_set set = {};  // of a run: its bytes
    codecs::byte_lanes literal = {};
    codecs::byte_lanes no_literal = codecs::all_lanes(-1);  // all ones behind it
    std::size_t literal_size = 0;

    bool is_run() const { return how != what::nothing && how != what::open && how != what::close; }
  };

  class run_ends;
  template <std::size_t Count>
  bool walk(const std::string_view* texts, std::string_view* groups, bool& is_ascii) const;

  std::vector<step> steps_;
  bool ends_text_ = false;  // whether there may be nothing behind the last step
};

}  // namespace weir
