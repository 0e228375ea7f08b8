#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace weir::testing {

/// A property that does not hold for an input, with what was found.
class broken_property : public std::logic_error {
  using std::logic_error::logic_error;
};

/// Requires of the code under test that `holds`.
/// Errors: throws `broken_property`.
inline void require(bool holds, const std::string& what) {
  if (!holds) throw broken_property(what);
}

/// Requires two texts to be the same; tells the first difference.
void require_same(std::string_view found, std::string_view expected, std::string_view what);
/// The same, text by text.
void require_same(const std::vector<std::string>& found, const std::vector<std::string>& expected,
                  std::string_view what);

/// The bytes of an input: its first line holds choices, a byte each, the rest is the text to try.
/// So inputs can be read and written by people: `1a` and a line end in front of a CSV file.
class fuzz_input {
 public:
  explicit fuzz_input(std::string_view bytes);

  /// The next choice, from 0 to `count - 1`; 0 where the line of choices has ended. `0` to `9` and
  /// then `a` to `z` choose 0 to 35.
  std::uint32_t choose(std::uint32_t count);
  bool flip() { return choose(2) != 0; }
  std::string_view text() const { return text_; }
  /// Takes a line from the text's front, without its line end.
  std::string_view take_line();

 private:
  std::string_view choices_;
  std::string_view text_;
};

}  // namespace weir::testing
