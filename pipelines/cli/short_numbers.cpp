#include "pipelines/cli/short_numbers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/text.hpp"

namespace weir {
namespace {

// Three digits of a number below 1000: `1.24`, `12.4`, `124`.
std::string three_digits(double number) {
  if (number < 9.995) return fmt::format("{:.2f}", number);
  if (number < 99.95) return fmt::format("{:.1f}", number);
  return fmt::format("{:.0f}", number);
}

}  // namespace

std::string short_duration(nanoseconds duration) {
  const auto count = static_cast<double>(std::max<std::int64_t>(duration.count(), 0));
  if (count == 0) return "0";
  if (count < 1e3) return fmt::format("{:.0f}ns", count);
  if (count < 999.5e3) return three_digits(count / 1e3) + "us";
  if (count < 999.5e6) return three_digits(count / 1e6) + "ms";
  if (count < 99.95e9) return three_digits(count / 1e9) + "s";
  const auto seconds = (duration.count() + 500'000'000) / 1'000'000'000;
  if (seconds < 3600) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  const auto minutes = (seconds + 30) / 60;
  if (minutes < 100 * 60) return fmt::format("{}h{:02}m", minutes / 60, minutes % 60);
  return fmt::format("{}d{:02}h", minutes / 1440, minutes % 1440 / 60);
}

std::string short_count(std::uint64_t count) {
  if (count < 10'000) return with_thousands(count);
  auto number = static_cast<double>(count);
  for (const char unit : {'k', 'M', 'G', 'T'}) {
    number /= 1000;
    if (number < 999.5) return three_digits(number) + unit;
  }
  return fmt::format("{:.0e}", number * 1e12);
}

}  // namespace weir
