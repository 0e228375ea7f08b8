#pragma once

#include <cstdint>
#include <optional>

namespace weir {

/// Whose turn it is among several inputs of which any may be read: a merge.
///
/// Fair: an input that has something waits at most for one chunk of each other.
class input_turn {
 public:
  /// The next input for which `has(number)`, looking behind the last one first, at the start from
  /// input 0; none if none has.
  template <class Has>
  std::optional<std::uint32_t> next(std::uint32_t inputs, Has has) {
    std::uint32_t at = next_ < inputs ? next_ : 0;
    for (std::uint32_t step = 0; step < inputs; ++step) {
      if (has(at)) {
        next_ = at + 1;
        return at;
      }
      if (++at == inputs) at = 0;
    }
    return std::nullopt;
  }

 private:
  std::uint32_t next_ = 0;
};

}  // namespace weir
