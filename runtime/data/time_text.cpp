#include "runtime/data/time_text.hpp"

#include <fmt/format.h>

#include <chrono>
#include <optional>

#include "runtime/base/text.hpp"

namespace weir {
namespace {

constexpr std::int64_t second = 1'000'000'000;

// Appends `.5`, `.25`: at least one of nine decimals is not zero.
void append_decimals(std::string& out, std::int64_t nanoseconds, int digits) {
  out += fmt::format(".{:09}", nanoseconds);
  out.resize(out.size() - static_cast<std::size_t>(9 - digits));
}

// Writes `number` with as many digits, zeros in front.
char* write_digits(char* to, std::uint32_t number, int digits) {
  for (char* at = to + digits; at > to; number /= 10) *--at = static_cast<char>('0' + number % 10);
  return to + digits;
}

// Takes a timestamp's text apart from left to right.
class reader {
 public:
  explicit reader(std::string_view text) : rest_(text) {}

  // A number of exactly `digits` decimal digits.
  std::optional<int> number(std::size_t digits) {
    if (rest_.size() < digits) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return std::nullopt;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }
  // One of `choices`.
  std::optional<char> sign(std::string_view choices) {
    if (rest_.empty() || choices.find(rest_.front()) == std::string_view::npos) return std::nullopt;
    const char found = rest_.front();
    rest_.remove_prefix(1);
    return found;
  }
  // `.` and digits, as nanoseconds; zero without the point.
  std::optional<std::int64_t> decimals() {
    if (!sign(".")) return 0;
    std::int64_t value = 0;
    std::int64_t unit = second;
    std::size_t digits = 0;
    for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits) {
      unit /= 10;
      value += (rest_[digits] - '0') * unit;
    }
    if (digits == 0) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

struct civil {
  std::int64_t seconds;
  std::int64_t nanoseconds;
};

std::optional<civil> read(std::string_view text) {
  reader in(text);
  const auto year = in.number(4);
  if (!year || !in.sign("-")) return std::nullopt;
  const auto month = in.number(2);
  if (!month || !in.sign("-")) return std::nullopt;
  const auto day = in.number(2);
  if (!day || !in.sign("Tt ")) return std::nullopt;
  const auto hour = in.number(2);
  if (!hour || !in.sign(":")) return std::nullopt;
  const auto minute = in.number(2);
  if (!minute || !in.sign(":")) return std::nullopt;
  const auto sec = in.number(2);
  if (!sec) return std::nullopt;
  const auto decimals = in.decimals();
  const auto zone = in.sign("Zz+-");
  if (!decimals || !zone) return std::nullopt;
  std::int64_t offset = 0;
  if (*zone == '+' || *zone == '-') {
    const auto hours = in.number(2);
    if (!hours || !in.sign(":")) return std::nullopt;
    const auto minutes = in.number(2);
    if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    offset = (*hours * 60 + *minutes) * (*zone == '-' ? -60 : 60);
  }
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!in.at_end() || !date.ok() || *hour > 23 || *minute > 59 || *sec > 59) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return civil{((days * 24 + *hour) * 60 + *minute) * 60 + *sec - offset, *decimals};
}

}  // namespace

char* write_timestamp(char* to, std::int64_t nanoseconds) {
  const std::chrono::sys_time<std::chrono::nanoseconds> time{std::chrono::nanoseconds(nanoseconds)};
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const auto midnight = std::chrono::floor<std::chrono::days>(whole);
  const std::chrono::year_month_day date{midnight};
  const auto of_day = static_cast<std::uint32_t>((whole - midnight).count());
  to = write_digits(to, static_cast<std::uint32_t>(static_cast<int>(date.year())), 4);
  *to++ = '-';
  to = write_digits(to, static_cast<unsigned>(date.month()), 2);
  *to++ = '-';
  to = write_digits(to, static_cast<unsigned>(date.day()), 2);
  *to++ = 'T';
  to = write_digits(to, of_day / 3600, 2);
  *to++ = ':';
  to = write_digits(to, of_day / 60 % 60, 2);
  *to++ = ':';
  to = write_digits(to, of_day % 60, 2);
  // Not `time - whole`: near the least int64 the whole second has no nanoseconds of its own.
  const std::int64_t rest = nanoseconds % second;
  const auto part = static_cast<std::uint32_t>(rest < 0 ? rest + second : rest);
  if (part != 0) {
    *to++ = '.';
    if (part % 1'000'000 == 0) {
      to = write_digits(to, part / 1'000'000, 3);
    } else if (part % 1'000 == 0) {
      to = write_digits(to, part / 1'000, 6);
    } else {
      to = write_digits(to, part, 9);
    }
  }
  *to++ = 'Z';
  return to;
}

std::string timestamp_text(std::int64_t nanoseconds) {
  char text[timestamp_text_max];
  return {text, write_timestamp(text, nanoseconds)};
}

std::string duration_text(std::int64_t nanoseconds) {
  // Whole and part have the same sign; the least int64 has no positive counterpart, they do.
  const std::int64_t whole = nanoseconds / second;
  const std::int64_t part = nanoseconds % second;
  std::string out = nanoseconds < 0 ? "-" : "";
  out += fmt::format("{}", whole < 0 ? -whole : whole);
  if (part != 0) {
    append_decimals(out, part < 0 ? -part : part, 9);
    out.erase(out.find_last_not_of('0') + 1);
  }
  return out + 's';
}

result<std::int64_t> parse_timestamp(std::string_view text) {
  const auto found = read(text);
  if (!found)
    return failure("not-a-timestamp",
                   fmt::format("{} is not a timestamp; write it as in '2026-03-01T12:00:00Z' or "
                               "'2026-03-01T12:00:00.5+01:00'",
                               quoted(text)));
  // Both parts get the same sign, else the earliest time would not fit on the way: its seconds
  // alone lie before what int64 nanoseconds reach.
  const bool early = found->seconds < 0 && found->nanoseconds > 0;
  std::int64_t nanoseconds = 0;
  if (__builtin_mul_overflow(found->seconds + (early ? 1 : 0), second, &nanoseconds) ||
      __builtin_add_overflow(nanoseconds, found->nanoseconds - (early ? second : 0), &nanoseconds))
    return failure("not-a-timestamp",
                   fmt::format("{} lies outside of the years 1677 to 2262", quoted(text)));
  return nanoseconds;
}

}  // namespace weir
