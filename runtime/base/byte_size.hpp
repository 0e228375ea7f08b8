#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/base/result.hpp"

namespace weir {

/// A number of bytes, so that a count of records can't be taken for one.
struct byte_size {
  std::uint64_t bytes = 0;

  auto operator<=>(const byte_size&) const = default;
};

constexpr byte_size operator""_B(unsigned long long n) { return {n}; }
constexpr byte_size operator""_KiB(unsigned long long n) { return {n << 10}; }
constexpr byte_size operator""_MiB(unsigned long long n) { return {n << 20}; }
constexpr byte_size operator""_GiB(unsigned long long n) { return {n << 30}; }

/// Reads `512B`, `64KiB`, `1.5MiB`, `2GiB`, `3TiB` and the decimal `kB MB GB TB`.
///
/// Errors: `not-a-size` for anything else; a bare number has no unit and is refused with advice.
result<byte_size> parse_byte_size(std::string_view text);

/// The shortest text in binary units with at most one decimal: `0B`, `512B`, `8MiB`, `1.5GiB`.
std::string to_text(byte_size size);

}  // namespace weir
