#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// Lists and maps may lie in one another this deep; the ends of a deeper text can't be trusted.
inline constexpr std::size_t json_depth_max = 1000;

/// Where a text stops being JSON, and why.
struct json_problem {
  std::size_t offset = 0;  ///< bytes from its start
  std::string text;        ///< what was found there and what is allowed

  bool operator==(const json_problem&) const = default;
};

/// Checks that `text` is one JSON value in UTF-8 (RFC 8259) with only white space around it.
/// None if it is.
///
/// Byte by byte, for single values and for telling what is wrong with a bad one: what reads much
/// input is the codec `ndjson`, which accepts the same texts.
std::optional<json_problem> check_json(std::string_view text);

/// Whether all of `text` is a number by JSON's grammar.
bool is_json_number(std::string_view text);

/// Calls `visit(key, value)` for each member of the object `text`: the key as it stands between its
/// quotes, the value's own text.
/// Requires: `check_json` accepts `text`, and it is an object.
using member_visit = std::function<void(std::string_view key, std::string_view value)>;
void each_json_member(std::string_view text, const member_visit& visit);

/// Whether each escape in `inside`, a JSON string's text between its quotes, means something.
bool escapes_are_known(std::string_view inside);

/// Appends what `inside`, a JSON string's text between its quotes, stands for.
/// Answers false at an escape that means nothing, or half a surrogate pair; `out` then has the text
/// before it.
bool append_unescaped(std::string& out, std::string_view inside);

}  // namespace weir
