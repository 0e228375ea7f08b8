#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// A character in a pipeline file.
struct source_place {
  std::shared_ptr<const std::string> file;  ///< as the user named it; none where there is no file
  std::uint32_t line = 0;                   ///< from 1
  std::uint32_t column = 0;                 ///< from 1, in characters
};

/// How a scalar was written, which decides its type and where its characters lie.
enum class scalar_style : std::uint8_t {
  plain,   ///< typed by its text: `5`, `true`, `250ms`
  quoted,  ///< always a string; on one line its first character stands one column behind the quote
  block,   ///< always a string; `|` or `>`, or a plain one over several lines
};

/// A part of a scalar's text: up to the next part it stands in the file character by character, or
/// all of it at one character (an escape, an alias, a value put in from elsewhere).
struct text_part {
  std::size_t offset = 0;  ///< into the text, in bytes
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  bool at_one_character = false;
};

/// Where a scalar's text lies, so that a problem can point into it.
struct text_place {
  source_place start;
  scalar_style style = scalar_style::plain;
  /// By ascending offset, the first at 0; none for a text that stands in the file as it is.
  std::shared_ptr<const std::vector<text_part>> parts = nullptr;

  /// The character at `offset` bytes into `text`; the start where it can't be told (block texts
  /// without parts).
  source_place at(std::string_view text, std::size_t offset) const;
};

struct config_entry;

/// A value of a configuration with the place it was written at, free of any syntax.
struct config_value {
  enum class kind : std::uint8_t { null, scalar, list, map };

  kind what = kind::null;
  text_place place;
  std::string text;                   ///< of a scalar
  std::vector<config_value> items;    ///< of a list
  std::vector<config_entry> entries;  ///< of a map, in order; keys are distinct

  bool is_scalar() const { return what == kind::scalar; }
  bool is_list() const { return what == kind::list; }
  bool is_map() const { return what == kind::map; }
  /// Of a map: the value of `key`; null where there is none.
  const config_value* find(std::string_view key) const;
};

struct config_entry {
  std::string key;
  source_place key_place;
  config_value value;
};

/// What a value is, for messages: `a list`, `a map`, `nothing`, `'text'`.
std::string described(const config_value& value);

}  // namespace weir
