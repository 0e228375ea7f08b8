#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

/// The columns that `text` takes on a terminal: one a character.
std::size_t columns_of(std::string_view text);

/// `text` with spaces behind it up to `columns`; unchanged where it is as long already.
std::string padded(std::string_view text, std::size_t columns);
/// The same with the spaces before it: for numbers.
std::string padded_left(std::string_view text, std::size_t columns);

/// `1 stage`, `2 stages`.
std::string counted(std::size_t count, const char* noun);

/// `text` broken at spaces into lines of at most `width` columns, each with `indent` spaces before
/// it and a line's end behind it. Paragraphs (parted by empty lines) stay apart; lines that begin
/// with a space or `- ` (examples, lists) are kept as they are. A word longer than a line has its
/// own.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

}  // namespace weir
