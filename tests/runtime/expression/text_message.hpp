#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::testing {

/// A message in protocol buffers' text format: as much of it as conformance data needs.
struct text_message {
  struct field {
    std::string name;
    std::string scalar;                 ///< decoded, of a field that is no message
    std::vector<text_message> message;  ///< one, or none of a scalar
  };
  std::vector<field> fields;

  /// The message in the first field of that name; null if there is none.
  const text_message* find(std::string_view name) const;
  /// The scalar in the first field of that name; empty if there is none.
  std::string scalar(std::string_view name) const;
  bool has(std::string_view name) const;
  /// The messages in all fields of that name.
  std::vector<const text_message*> all(std::string_view name) const;
};

/// Reads a whole text.
///
/// Errors: throws `std::runtime_error` with the byte at which it is not understood.
text_message read_text_message(std::string_view text);

}  // namespace weir::testing
