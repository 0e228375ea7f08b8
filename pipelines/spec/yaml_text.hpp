#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/config/config_value.hpp"

namespace weir {

/// The characters of a YAML text by their places: what a parser's events leave out.
class yaml_text {
 public:
  /// `text` must outlive it.
  yaml_text(std::string_view text, std::string_view file_name);

  std::size_t size() const { return text_.size(); }
  /// The place of the character at `offset` bytes; behind the end, that of the last character.
  source_place place(std::size_t offset) const;

  /// The offset of a node's own text, behind anchors and tags that stand before it.
  std::size_t behind_properties(std::size_t offset) const;
  /// The tag among a node's properties, as written; empty where there is none.
  std::string_view tag(std::size_t offset) const;
  /// Where a null stands: at its own text, or behind the `:` or `-` that nothing follows.
  std::size_t null_at(std::size_t offset) const;
  /// How the scalar at `offset` was written, given the text that was read from it.
  scalar_style style(std::size_t offset, std::string_view value) const;
  /// Whether the text that was read stands in the file as it is, behind its quote if it has one.
  bool is_as_written(std::size_t offset, std::string_view value) const;

  /// Whether the scalar at `offset` has its closing quote, if it opens one. The parser takes the
  /// text's end for it.
  bool is_closed(std::size_t offset) const;

  char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }
  /// The text from `offset` on.
  std::string_view from(std::size_t offset) const {
    return text_.substr(std::min(offset, text_.size()));
  }
  /// Lines count from 0 here; a line has no end of line.
  std::size_t line_of(std::size_t offset) const;
  std::size_t line_start(std::size_t line) const { return line_starts_[line]; }
  std::string_view line(std::size_t line) const;

 private:
  std::size_t skip_blank(std::size_t offset) const;
  std::size_t characters_before(std::size_t offset) const;

  std::string_view text_;
  std::shared_ptr<const std::string> file_;
  std::vector<std::size_t> line_starts_;
  std::vector<std::size_t> characters_;  // before each block of bytes: a line may be very long
};

}  // namespace weir
