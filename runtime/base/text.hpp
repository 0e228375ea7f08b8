#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// `text` in single quotes for a message: control characters and bytes that are not UTF-8 escaped,
/// cut to 80 bytes of user data with `...` behind.
std::string quoted(std::string_view text);

/// The candidate most like `text`, if one is near enough to be what was meant (at most one edit in
/// three characters, one where there are two, a swap of neighbours being one edit; case does not
/// count).
std::optional<std::string_view> nearest(std::string_view text,
                                        std::span<const std::string> candidates);

/// `; did you mean 'size'?` if a candidate is near, else an empty text.
std::string did_you_mean(std::string_view text, std::span<const std::string> candidates);

/// The same, or else `; stages are 'a', 'b' or 'c'`, where `what` is `stages`.
std::string did_you_mean(std::string_view text, std::span<const std::string> candidates,
                         std::string_view what);

/// `'a', 'b' or 'c'`: a list for messages, in the order given.
std::string one_of(std::span<const std::string> names);

/// Bytes of the UTF-8 character at the head of `bytes`; 0 if there is none.
std::size_t utf8_length(std::string_view bytes);

/// Whether `bytes` are UTF-8 (no surrogates, no overlong forms, nothing above U+10FFFF).
bool is_utf8(std::string_view bytes);

/// Splits at each `separator`; an empty text gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

/// The first sentence as a part of a message: without its full stop, and beginning in lower case
/// unless the first word is an abbreviation in capitals.
std::string first_sentence(std::string_view text);

/// `12,345,678`: for tables that people read.
std::string with_thousands(std::uint64_t number);

}  // namespace weir
