#include "runtime/base/byte_size.hpp"

#include <fmt/format.h>

#include <cmath>

#include "runtime/base/number.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

struct unit {
  std::string_view name;
  double bytes;
};

constexpr unit units[] = {{"B", 1},        {"kB", 1e3},     {"MB", 1e6},
                          {"GB", 1e9},     {"TB", 1e12},    {"KiB", 0x1p10},
                          {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40}};

}  // namespace

result<byte_size> parse_byte_size(std::string_view text) {
  const auto digits = text.find_first_not_of("0123456789.");
  const auto number = parse_float64(text.substr(0, digits));
  if (digits == std::string_view::npos && number)
    return failure("not-a-size",
                   fmt::format("{} has no unit; write it as '{}B', '{}KiB' or '{}MiB'",
                               quoted(text), text, text, text));
  if (number)
    for (const auto& u : units)
      if (text.substr(digits) == u.name) {
        const double bytes = *number * u.bytes;
        if (bytes > 0x1p62)
          return failure("not-a-size", fmt::format("{} is too large", quoted(text)));
        return byte_size{static_cast<std::uint64_t>(std::llround(bytes))};
      }
  if (number && text.substr(digits) == "KB")
    return failure("not-a-size", fmt::format("{} is not a size; did you mean '{}KiB'?",
                                             quoted(text), text.substr(0, digits)));
  return failure("not-a-size",
                 fmt::format("{} is not a size; write a number and B, KiB, MiB, GiB or TiB, as in "
                             "'64KiB'",
                             quoted(text)));
}

std::string to_text(byte_size size) {
  constexpr std::string_view names[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double number = static_cast<double>(size.bytes);
  std::size_t step = 0;
  // What would round to 1024 of a unit is 1 of the next.
  while (number >= 1023.95 && step + 1 < std::size(names)) {
    number /= 1024;
    ++step;
  }
  const double tenths = std::round(number * 10) / 10;
  if (tenths == std::floor(tenths)) return fmt::format("{:.0f}{}", tenths, names[step]);
  return fmt::format("{:.1f}{}", tenths, names[step]);
}

}  // namespace weir
