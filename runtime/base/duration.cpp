#include "runtime/base/duration.hpp"

#include <fmt/format.h>

#include <cmath>

#include "runtime/base/number.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

struct unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

// Longer names first where one begins another.
constexpr unit units[] = {{"ns", 1},
                          {"us", 1'000},
                          {"ms", 1'000'000},
                          {"s", 1'000'000'000},
                          {"m", 60'000'000'000},
                          {"h", 3'600'000'000'000},
                          {"d", 86'400'000'000'000}};

tl::unexpected<error> not_a_duration(std::string_view text) {
  if (parse_float64(text))
    return failure("not-a-duration",
                   fmt::format("{} has no unit; write it as '{}ms', '{}s' or '{}m'", quoted(text),
                               text, text, text));
  return failure(
      "not-a-duration",
      fmt::format("{} is not a duration; write numbers with ns, us, ms, s, m, h or d, as "
                  "in '250ms' or '1m30s'",
                  quoted(text)));
}

const unit* unit_at(std::string_view text) {
  const auto length = std::min(text.find_first_of("0123456789.+-"), text.size());
  for (const auto& u : units)
    if (text.substr(0, length) == u.name) return &u;
  return nullptr;
}

}  // namespace

result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  if (rest.empty()) return not_a_duration(text);
  double sum = 0;
  std::int64_t exact = 0;
  while (!rest.empty()) {
    const auto digits = std::min(rest.find_first_not_of("0123456789."), rest.size());
    const auto number = parse_float64(rest.substr(0, digits));
    const unit* u = unit_at(rest.substr(digits));
    if (!number || u == nullptr) return not_a_duration(text);
    sum += *number * static_cast<double>(u->nanoseconds);
    if (sum > 9.2e18)
      return failure("not-a-duration", fmt::format("{} is longer than 292 years", quoted(text)));
    const double whole = std::floor(*number);
    exact += static_cast<std::int64_t>(whole) * u->nanoseconds +
             std::llround((*number - whole) * static_cast<double>(u->nanoseconds));
    rest.remove_prefix(digits + u->name.size());
  }
  return std::chrono::nanoseconds(negative ? -exact : exact);
}

std::string to_text(std::chrono::nanoseconds duration) {
  const std::int64_t count = duration.count();
  if (count == 0) return "0s";
  const std::string sign = count < 0 ? "-" : "";
  auto rest = count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  const auto decimal = [](std::uint64_t whole, std::uint64_t part, int places, const char* name) {
    std::string text = fmt::format("{}.{:0{}}", whole, part, places);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text + name;
  };
  if (rest < 1'000) return fmt::format("{}{}ns", sign, rest);
  if (rest < 1'000'000) return sign + decimal(rest / 1'000, rest % 1'000, 3, "us");
  if (rest < 1'000'000'000) return sign + decimal(rest / 1'000'000, rest % 1'000'000, 6, "ms");
  std::string text = sign;
  if (const auto hours = rest / 3'600'000'000'000ULL; hours > 0) text += fmt::format("{}h", hours);
  rest %= 3'600'000'000'000ULL;
  if (const auto minutes = rest / 60'000'000'000ULL; minutes > 0)
    text += fmt::format("{}m", minutes);
  rest %= 60'000'000'000ULL;
  if (rest > 0) text += decimal(rest / 1'000'000'000, rest % 1'000'000'000, 9, "s");
  return text;
}

}  // namespace weir
