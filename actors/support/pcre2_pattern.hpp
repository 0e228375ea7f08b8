#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// A pattern in RE2's syntax as one of PCRE2 that matches the same texts with the same groups, if
/// that is sure: groups, alternatives, classes, repeats, anchors and the usual escapes. None for
/// the rest: flags, Unicode and POSIX classes, repeats of what may be empty.
///
/// The groups have their numbers and no names. It is meant for PCRE2 without options other than
/// `PCRE2_DOLLAR_ENDONLY`, with LF for line ends; with `PCRE2_UTF` for texts that are not ASCII.
///
/// Requires: RE2 takes `pattern`.
std::optional<std::string> pcre2_pattern(std::string_view pattern);

}  // namespace weir
