#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include "actors/codecs/byte_lanes.hpp"
#include "actors/codecs/scan_number.hpp"
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

constexpr std::string_view time_form = "dd/Mon/yyyy:hh:mm:ss +hhmm";

// `10/Oct/2000:13:55:36 -0700` in nanoseconds since 1970.
// Requires: `text` is as long as the form.
std::optional<std::int64_t> parse_time(std::string_view text) {
  for (const std::size_t i : {2U, 6U, 11U, 14U, 17U, 20U})
    if (text[i] != time_form[i]) return std::nullopt;
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
  /// Up to the next space, or the end; empty if there is nothing.
  std::string_view word() {
    return taken(codecs::find_byte(rest_, [](codecs::byte_lanes b) { return b == ' '; }));
  }
  /// What stands in brackets, as long as a time; empty if that is not there.
  std::string_view bracketed_time() {
    const auto end = time_form.size() + 1;
    if (rest_.size() <= end || rest_.front() != '[' || rest_[end] != ']') return {};
    return taken(end + 1).substr(1, time_form.size());
  }
  /// What stands in quotes; a backslash takes its meaning from the next character.
  std::optional<std::string_view> quoted_text() {
    if (!rest_.starts_with('"')) return std::nullopt;
    for (std::size_t end = 1;; end += 2) {
      end += codecs::find_byte(rest_.substr(std::min(end, rest_.size())),
                               [](codecs::byte_lanes b) { return (b == '"') | (b == '\\'); });
      if (end >= rest_.size()) return std::nullopt;
      if (rest_[end] == '"') return taken(end + 1).substr(1, end - 1);
    }
  }

 private:
  std::string_view taken(std::size_t size) {
    const auto front = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return front;
  }

  std::string_view rest_;
};

// Values are written member by member where they stay: one that is made elsewhere and copied costs
// several times as much.
void set_null(value_view& out) {
  out.kind = value_kind::null;
  out.text = {};
}

void set_int64(value_view& out, std::int64_t number, value_kind kind) {
  out.kind = kind;
  out.int64 = number;
  out.text = {};
}

void set_text_or_null(value_view& out, std::string_view text) {
  if (text == "-") return set_null(out);
  out.kind = value_kind::string;
  out.text = text;
}

// A number without a sign, perhaps with zeros in front, or `-`. False: neither.
bool set_number_or_null(value_view& out, std::string_view text) {
  if (text == "-") {
    set_null(out);
    return true;
  }
  codecs::scanned_value number;
  if (text.empty() || text.front() == '-') return false;
  if (!codecs::scan_number_in_buffer(text, number) || number.kind != value_kind::int64) {
    const auto read = parse_int64(text);
    if (!read) return false;
    number.int64 = *read;
  }
  set_int64(out, number.int64, value_kind::int64);
  return true;
}

void split_request(std::string_view request, value_view& method, value_view& path,
                   value_view& protocol) {
  set_null(method);
  set_null(protocol);
  const auto first = codecs::find_byte(request, [](codecs::byte_lanes b) { return b == ' '; });
  if (first == request.size()) return set_text_or_null(path, request);
  set_text_or_null(method, request.substr(0, first));
  auto rest = request.substr(first + 1);
  const auto last = rest.rfind(' ');
  if (last != std::string_view::npos && rest.substr(last + 1).starts_with("HTTP/")) {
    set_text_or_null(protocol, rest.substr(last + 1));
    rest = rest.substr(0, last);
  }
  set_text_or_null(path, rest);
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
      if (word.empty() || !line.take(' ')) return refuse("it begins with host, ident and user");
      set_text_or_null(into[i], word);
    }
    const auto time = time_of(line.bracketed_time());
    if (!time || !line.take(' ')) return refuse("the time is no [10/Oct/2000:13:55:36 -0700]");
    set_int64(into[3], *time, value_kind::timestamp);
    const auto request = line.quoted_text();
    if (!request || !line.take(' ')) return refuse("the request does not stand in quotes");
    split_request(*request, into[4], into[5], into[6]);
    if (!set_number_or_null(into[7], line.word()) || !line.take(' '))
      return refuse("the status is no number");
    if (!set_number_or_null(into[8], line.word())) return refuse("the bytes are no number");
    if (line.empty()) {
      set_null(into[9]);
      set_null(into[10]);
      return {};
    }
    for (const std::size_t i : {9U, 10U}) {
      const auto inside = line.take(' ') ? line.quoted_text() : std::nullopt;
      if (!inside) return refuse("referer and user agent do not stand in quotes");
      set_text_or_null(into[i], *inside);
    }
    if (!line.empty()) return refuse("there is text behind the user agent");
    return {};
  }

 private:
  // Lines that follow one another mostly have one time.
  std::optional<std::int64_t> time_of(std::string_view text) {
    if (text.empty()) return std::nullopt;
    if (text != last_text_) {
      last_time_ = parse_time(text);
      last_text_ = text;
    }
    return last_time_;
  }

  std::string last_text_;
  std::optional<std::int64_t> last_time_;
};

}  // namespace

std::unique_ptr<text_parser> make_apache_combined_parser() {
  return std::make_unique<apache_combined_parser>();
}

}  // namespace weir
