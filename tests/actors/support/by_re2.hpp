#pragma once

#include <rapidcheck.h>
#include <re2/re2.h>

#include <optional>
#include <string>
#include <vector>

namespace weir::testing {

/// What each group matched, group 0 being the whole match; none where nothing matches.
using groups = std::optional<std::vector<std::optional<std::string>>>;

inline groups by_re2(const re2::RE2& pattern, const std::string& text) {
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(pattern.NumberOfCapturingGroups()) +
                                      1);
  if (!pattern.Match(text, 0, text.size(), re2::RE2::UNANCHORED, found.data(),
                     static_cast<int>(found.size())))
    return std::nullopt;
  groups out(std::in_place);
  for (const auto& piece : found)
    out->push_back(piece.data() == nullptr
                       ? std::nullopt
                       : std::optional(std::string(piece.data(), piece.size())));
  return out;
}

/// A short text of what patterns make differences of.
inline std::string random_text() {
  std::string text;
  for (int parts = *rc::gen::inRange(1, 12); parts > 0; --parts)
    text += *rc::gen::element<std::string>("a", "b", "c", " ", ".", "1", "\n", "\v", "\r", "]", "-",
                                           "[", "_", "aab", "\xC3\xA9", "\xE2\x82\xAC");
  return text;
}

}  // namespace weir::testing
