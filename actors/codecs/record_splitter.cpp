#include "actors/codecs/record_splitter.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "actors/codecs/byte_lanes.hpp"

namespace weir::codecs {
namespace {

constexpr std::size_t block_bytes = 4 * lane_count;

// A bit for each byte of a block, the first least significant.
struct block_bits {
  std::uint64_t quotes = 0;
  std::uint64_t line_ends = 0;
  std::uint64_t delimiters = 0;

  block_bits(const char* block, char delimiter) {
    for (unsigned i = 0; i < block_bytes; i += lane_count) {
      const auto lanes = load_lanes(block + i);
      quotes |= std::uint64_t{lane_bits(lanes == '"')} << i;
      line_ends |= std::uint64_t{lane_bits(lanes == '\n')} << i;
      delimiters |= std::uint64_t{lane_bits(lanes == all_lanes(delimiter))} << i;
    }
  }
};

// Each bit tells whether an odd number of bits is set up to it.
std::uint64_t odd_so_far(std::uint64_t bits) {
  for (const int step : {1, 2, 4, 8, 16, 32}) bits ^= bits << step;
  return bits;
}

}  // namespace

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

// The last end, 64 bytes at once. Where each quote opens a field or closes one, bytes lie within
// quotes if an odd number of quotes stands before them; a doubled one closes and opens again.
// False, and nothing done, if some quote stands in the middle of a field.
bool csv_splitter::last_end_by_blocks(std::string_view bytes, std::optional<std::size_t>& found) {
  if (delimiter_ == '"' || delimiter_ == '\n') return false;
  std::uint64_t within_before = state_ == within::quoted ? ~std::uint64_t{0} : 0;
  std::uint64_t may_open_before = state_ == within::plain ? 0 : 1;
  found.reset();
  for (std::size_t at = 0; at < bytes.size(); at += block_bytes) {
    const std::size_t size = std::min(bytes.size() - at, block_bytes);
    char tail[block_bytes] = {};
    const char* block = bytes.data() + at;
    if (size < block_bytes) block = static_cast<const char*>(std::memcpy(tail, block, size));
    const block_bits bits(block, delimiter_);
    const auto is_within = odd_so_far(bits.quotes) ^ within_before;
    const auto may_open_behind = bits.quotes | bits.line_ends | bits.delimiters;
    const auto opens = bits.quotes & is_within;
    if ((opens & ~(may_open_behind << 1 | may_open_before)) != 0) return false;
    const auto ends = bits.line_ends & ~is_within;
    if (ends != 0) found = at + static_cast<std::size_t>(std::bit_width(ends));
    const auto last = size - 1;
    within_before = (is_within >> last & 1) != 0 ? ~std::uint64_t{0} : 0;
    may_open_before = may_open_behind >> last & 1;
  }
  if (within_before != 0) {
    state_ = within::quoted;
  } else if (bytes.back() == '"') {
    state_ = within::quote;
  } else {
    state_ = may_open_before != 0 ? within::field_start : within::plain;
  }
  return true;
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
  if (bytes.empty() || last_end_by_blocks(bytes, found)) return found;
  found.reset();
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
