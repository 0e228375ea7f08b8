#pragma once

#include <cstddef>
#include <string_view>

#include "runtime/base/result.hpp"

namespace weir {

/// Opens those of the standard descriptors that the process was started without (`>&-`), in a way
/// that their use is told as `bad file descriptor`. Without it the next file that is opened would
/// become standard output, and get what is printed.
///
/// Requires: nothing has been opened yet.
void fill_standard_descriptors();

/// Writes all of `text` to a descriptor.
///
/// Errors: `write-output` with errno's text; `reader-gone` where nobody reads any more (EPIPE).
/// Requires: SIGPIPE is ignored.
result<void> write_all(int descriptor, std::string_view text);

/// Writes `text` to standard error as far as that is possible without waiting: a reader that has
/// stopped reading must not hold up a run.
void say(std::string_view text);

/// The columns of the terminal behind a descriptor; 0 if there is none.
std::size_t terminal_columns(int descriptor);

/// The columns for text on standard output: the terminal's, between 40 and 100, for longer lines
/// are hard to read; 80 where there is none.
std::size_t text_columns();

}  // namespace weir
