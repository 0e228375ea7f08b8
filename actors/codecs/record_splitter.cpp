#include "actors/codecs/record_splitter.hpp"

namespace weir::codecs {

std::optional<std::size_t> line_splitter::last_end(std::string_view bytes) {
  const auto at = bytes.rfind('\n');
  if (at == std::string_view::npos) return std::nullopt;
  return at + 1;
}

std::optional<std::size_t> line_splitter::first_end(std::string_view bytes) {
  const auto at = bytes.find('\n');
  if (at == std::string_view::npos) return std::nullopt;
  return at + 1;
}

// Goes on from `at` to the end of the next record: the number of bytes before it, or more than
// there are if none ends.
std::size_t csv_splitter::step(std::string_view bytes, std::size_t at) {
  while (at < bytes.size()) {
    const char c = bytes[at];
    switch (state_) {
      case within::quoted:
        at = bytes.find('"', at);
        if (at == std::string_view::npos) return bytes.size() + 1;
        state_ = within::quote;
        break;
      case within::field_start:
        if (c == '"') {
          state_ = within::quoted;
          break;
        }
        [[fallthrough]];
      case within::plain:
      case within::quote:
        if (state_ == within::quote && c == '"') {
          state_ = within::quoted;
        } else if (c == '\n') {
          state_ = within::field_start;
          return at + 1;
        } else {
          state_ = c == delimiter_ ? within::field_start : within::plain;
        }
    }
    ++at;
  }
  return bytes.size() + 1;
}

std::optional<std::size_t> csv_splitter::last_end(std::string_view bytes) {
  // Without any quote every line end ends a record.
  if (state_ != within::quoted && state_ != within::quote &&
      bytes.find('"') == std::string_view::npos) {
    if (bytes.empty()) return std::nullopt;
    const char last = bytes.back();
    state_ = last == '\n' || last == delimiter_ ? within::field_start : within::plain;
    return line_splitter().last_end(bytes);
  }
  std::optional<std::size_t> found;
  for (std::size_t at = 0;;) {
    at = step(bytes, at);
    if (at > bytes.size()) return found;
    found = at;
  }
}

std::optional<std::size_t> csv_splitter::first_end(std::string_view bytes) {
  const std::size_t end = step(bytes, 0);
  if (end > bytes.size()) return std::nullopt;
  return end;
}

}  // namespace weir::codecs
