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

struct decimal_count {
  std::optional<std::int64_t> whole;  // none if it does not fit
  double fraction = 0;
};

// Digits with at most one point, taken apart so that both parts are exact.
std::optional<decimal_count> count_of(std::string_view digits) {
  const auto point = digits.find('.');
  const auto whole = digits.substr(0, point);
  const auto fraction = point == std::string_view::npos ? "" : digits.substr(point);
  if (whole.empty() && fraction.size() < 2) return std::nullopt;
  decimal_count count{whole.empty() ? 0 : parse_int64(whole)};
  if (fraction.size() > 1) {
    const auto part = parse_float64(fraction);
    if (!part) return std::nullopt;
    count.fraction = *part;
  }
  return count;
}

}  // namespace

result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  if (rest.empty()) return not_a_duration(text);
  std::int64_t sum = 0;
  bool fits = true;
  while (!rest.empty()) {
    const auto digits = std::min(rest.find_first_not_of("0123456789."), rest.size());
    const unit* u = unit_at(rest.substr(digits));
    const auto count = u == nullptr ? std::nullopt : count_of(rest.substr(0, digits));
    if (!count) return not_a_duration(text);
    const double part = std::round(count->fraction * static_cast<double>(u->nanoseconds));
    std::int64_t whole = 0;
    fits = fits && count->whole && !__builtin_mul_overflow(*count->whole, u->nanoseconds, &whole) &&
           !__builtin_add_overflow(sum, whole, &sum) &&
           !__builtin_add_overflow(sum, static_cast<std::int64_t>(part), &sum);
    rest.remove_prefix(digits + u->name.size());
  }
  if (!fits)
    return failure("not-a-duration", fmt::format("{} is longer than 292 years", quoted(text)));
  return std::chrono::nanoseconds(negative ? -sum : sum);
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
