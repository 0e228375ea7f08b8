#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// A regular expression as machine code, made by PCRE2: several times as fast as RE2, and without
/// its promise of linear time. So it gives up where that could matter, and RE2 has to be asked.
///
/// Time:    bounded a text; a pattern that ran into the bound several times is not tried again.
/// Threads: one thread at a time.
class jit_pattern {
 public:
  /// The pattern, in RE2's syntax. None if it means, or may mean, something else to PCRE2, or if
  /// machine code can't be made here.
  /// Requires: RE2 takes `pattern`.
  static std::unique_ptr<jit_pattern> of(std::string_view pattern);
  ~jit_pattern();

  enum class found : std::uint8_t { match, nothing, unknown };
  /// Looks for the leftmost match. `groups` gets the text of each group from group 0, the whole
  /// match; one that takes no part has no data.
  /// Requires: `text` lies in a column's buffer (`buffer::padding`), and `groups` has room for all.
  found match(std::string_view text, std::vector<std::string_view>& groups);

 private:
  struct code;

  jit_pattern() = default;

  std::unique_ptr<code> ascii_;  // for texts of ASCII alone
  std::unique_ptr<code> utf8_;
  int given_up_ = 0;
};

}  // namespace weir
