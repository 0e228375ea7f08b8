#pragma once

namespace weir {

/// Writes `file:line: text` to standard error and aborts the process.
[[noreturn]] void check_violated(const char* file, int line, const char* text);

}  // namespace weir

/// States an invariant of ours. A violation is a bug in Weir, never the user's doing, and aborts:
/// going on would risk lost or doubled records.
#define WEIR_CHECK(condition, text)                                     \
  do {                                                                  \
    if (!(condition)) ::weir::check_violated(__FILE__, __LINE__, text); \
  } while (false)
