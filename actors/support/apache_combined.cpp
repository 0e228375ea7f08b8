#include <fmt/format.h>

#include <array>
#include <chrono>
#include <optional>

#include "actors/support/text_parser.hpp"
#include "runtime/base/number.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The number that digits at fixed places spell; none if one of them is no digit.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  int number = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!is_digit(text[i])) return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

std::optional<unsigned> month_named(std::string_view name) {
  constexpr std::string_view names = "JanFebMarAprMayJunJulAugSepOctNovDec";
  for (unsigned month = 0; month < 12; ++month)
    if (names.substr(std::size_t{month} * 3, 3) == name) return month + 1;
  return std::nullopt;
}

// `10/Oct/2000:13:55:36 -0700` in nanoseconds since 1970.
std::optional<std::int64_t> parse_time(std::string_view text) {
  constexpr std::string_view form = "dd/Mon/yyyy:hh:mm:ss +hhmm";
  if (text.size() != form.size()) return std::nullopt;
  for (const std::size_t i : {2U, 6U, 11U, 14U, 17U, 20U})
    if (text[i] != form[i]) return std::nullopt;
  const auto month = month_named(text.substr(3, 3));
  const auto day = digits(text, 0, 2);
  const auto year = digits(text, 7, 4);
  const auto hour = digits(text, 12, 2);
  const auto minute = digits(text, 15, 2);
  const auto second = digits(text, 18, 2);
  const auto offset_hours = digits(text, 22, 2);
  const auto offset_minutes = digits(text, 24, 2);
  if (!month || !day || !year || !hour || !minute || !second || !offset_hours || !offset_minutes)
    return std::nullopt;
  if (text[21] != '+' && text[21] != '-') return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  // A leap second is written as the 60th; it is the first of the next minute.
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60 || *offset_minutes > 59)
    return std::nullopt;
  // Years beyond these do not fit into nanoseconds.
  if (*year < 1678 || *year > 2261) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t offset = (*offset_hours * 60 + *offset_minutes) * 60;
  const std::int64_t seconds =
      days * 86'400 + *hour * 3600 + *minute * 60 + *second - (text[21] == '-' ? -offset : offset);
  return seconds * 1'000'000'000;
}

// What is left of a line, taken field by field.
class line_scanner {
 public:
  explicit line_scanner(std::string_view line) : rest_(line) {}

  bool empty() const { return rest_.empty(); }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// At least one character up to the next space, or the end; none if there is none.
  std::optional<std::string_view> word() {
    const auto word = rest_.substr(0, rest_.find(' '));
    if (word.empty()) return std::nullopt;
    rest_.remove_prefix(word.size());
    return word;
  }
  /// What stands in brackets.
  std::optional<std::string_view> bracketed() {
    const auto end = rest_.find(']');
    if (!rest_.starts_with('[') || end == std::string_view::npos) return std::nullopt;
    const auto inside = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return inside;
  }
  /// What stands in quotes; a backslash takes its meaning from the next character.
  std::optional<std::string_view> quoted_text() {
    if (!rest_.starts_with('"')) return std::nullopt;
    std::size_t end = 1;
    for (; end < rest_.size() && rest_[end] != '"'; ++end)
      if (rest_[end] == '\\') ++end;
    if (end >= rest_.size()) return std::nullopt;
    const auto inside = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return inside;
  }

 private:
  std::string_view rest_;
};

value_view text_or_null(std::string_view text) {
  value_view value;
  if (text == "-") return value;
  value.kind = value_kind::string;
  value.text = text;
  return value;
}

std::optional<value_view> number_or_null(std::string_view text) {
  value_view value;
  if (text == "-") return value;
  const auto number = parse_int64(text);
  if (!number || *number < 0) return std::nullopt;
  value.kind = value_kind::int64;
  value.int64 = *number;
  return value;
}

void split_request(std::string_view request, value_view& method, value_view& path,
                   value_view& protocol) {
  method = path = protocol = value_view();
  if (request == "-") return;
  const auto first = request.find(' ');
  if (first == std::string_view::npos) {
    path = text_or_null(request);
    return;
  }
  method = text_or_null(request.substr(0, first));
  auto rest = request.substr(first + 1);
  const auto last = rest.rfind(' ');
  if (last != std::string_view::npos && rest.substr(last + 1).starts_with("HTTP/")) {
    protocol = text_or_null(rest.substr(last + 1));
    rest = rest.substr(0, last);
  }
  path = text_or_null(rest);
}

class apache_combined_parser final : public text_parser {
 public:
  const std::vector<field>& fields() const override {
    static const std::vector<field> list = {
        {"host", column_type::string},      {"ident", column_type::string},
        {"user", column_type::string},      {"time", column_type::timestamp},
        {"method", column_type::string},    {"path", column_type::string},
        {"protocol", column_type::string},  {"status", column_type::int64},
        {"bytes", column_type::int64},      {"referer", column_type::string},
        {"user_agent", column_type::string}};
    return list;
  }

  result<void> parse(std::string_view text, std::span<value_view> into) override {
    line_scanner line(text);
    const auto refuse = [&](const char* what) {
      return failure(
          "not-apache-combined",
          fmt::format("{} is not a line of the combined log format: {}", quoted(text), what));
    };
    for (std::size_t i = 0; i < 3; ++i) {
      const auto word = line.word();
      if (!word || !line.take(' ')) return refuse("it begins with host, ident and user");
      into[i] = text_or_null(*word);
    }
    const auto bracketed = line.bracketed();
    const auto time = bracketed ? parse_time(*bracketed) : std::nullopt;
    if (!time || !line.take(' ')) return refuse("the time is no [10/Oct/2000:13:55:36 -0700]");
    into[3].kind = value_kind::timestamp;
    into[3].int64 = *time;
    into[3].text = {};
    const auto request = line.quoted_text();
    if (!request || !line.take(' ')) return refuse("the request does not stand in quotes");
    split_request(*request, into[4], into[5], into[6]);
    const auto status_word = line.word();
    const auto status = status_word ? number_or_null(*status_word) : std::nullopt;
    if (!status || !line.take(' ')) return refuse("the status is no number");
    into[7] = *status;
    const auto bytes_word = line.word();
    const auto bytes = bytes_word ? number_or_null(*bytes_word) : std::nullopt;
    if (!bytes) return refuse("the bytes are no number");
    into[8] = *bytes;
    into[9] = into[10] = value_view();
    if (line.empty()) return {};
    for (const std::size_t i : {9U, 10U}) {
      const auto inside = line.take(' ') ? line.quoted_text() : std::nullopt;
      if (!inside) return refuse("referer and user agent do not stand in quotes");
      into[i] = text_or_null(*inside);
    }
    if (!line.empty()) return refuse("there is text behind the user agent");
    return {};
  }
};

}  // namespace

std::unique_ptr<text_parser> make_apache_combined_parser() {
  return std::make_unique<apache_combined_parser>();
}

}  // namespace weir
