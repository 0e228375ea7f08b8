#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace weir::codecs {

/// Writes JSON so that texts of the same value are the same text: no white space, keys in order,
/// numbers by their value.
///
/// Two texts get one form if and only if `json_equal` holds for them, but for maps in which a key
/// comes twice.
///
/// Memory:  what the largest text needed.
/// Threads: one thread at a time.
class canonical_json {
 public:
  canonical_json();
  ~canonical_json();
  canonical_json(canonical_json&&) noexcept;
  canonical_json& operator=(canonical_json&&) noexcept;

  /// The form of a text; the text itself where it can't be read (an integer of 30 digits).
  /// Memory: lives until the next call.
  std::string_view of(std::string_view text);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace weir::codecs
