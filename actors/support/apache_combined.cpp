#include <fmt/format.h>

#include <algorithm>
#include <bit>
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

using codecs::byte_lanes;

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

constexpr std::string_view time_form = "[dd/Mon/yyyy:hh:mm:ss +hhmm]";

// `[10/Oct/2000:13:55:36 -0700]` in nanoseconds since 1970.
// Requires: `text` is as long as the form.
std::optional<std::int64_t> parse_time(std::string_view text) {
  for (const std::size_t i : {0U, 3U, 7U, 12U, 15U, 18U, 21U, 27U})
    if (text[i] != time_form[i]) return std::nullopt;
  const auto month = month_named(text.substr(4, 3));
  const auto day = digits(text, 1, 2);
  const auto year = digits(text, 8, 4);
  const auto hour = digits(text, 13, 2);
  const auto minute = digits(text, 16, 2);
  const auto second = digits(text, 19, 2);
  const auto offset_hours = digits(text, 23, 2);
  const auto offset_minutes = digits(text, 25, 2);
  if (!month || !day || !year || !hour || !minute || !second || !offset_hours || !offset_minutes)
    return std::nullopt;
  const char sign = text[22];
  if (sign != '+' && sign != '-') return std::nullopt;
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
      days * 86'400 + *hour * 3600 + *minute * 60 + *second - (sign == '-' ? -offset : offset);
  return seconds * 1'000'000'000;
}

// What is left of a line, taken field by field. It lies in a column's buffer.
class line_scanner {
 public:
  explicit line_scanner(std::string_view line) : at_(line.data()), end_(at_ + line.size()) {}

  bool empty() const { return at_ == end_; }
  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  /// Up to the next space, or the end; empty if there is nothing.
  std::string_view last_word() {
    const char* begin = at_;
    at_ = codecs::find_byte(at_, end_, [](byte_lanes b) { return b == ' '; });
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }
  /// A word and the space behind it; empty if there is no such.
  std::string_view word() {
    const auto found = last_word();
    if (at_ == end_) return {};
    ++at_;
    return found;
  }
  /// As many bytes as a time in brackets has; empty if there are fewer.
  std::string_view bracketed_time() {
    if (static_cast<std::size_t>(end_ - at_) < time_form.size()) return {};
    at_ += time_form.size();
    return {at_ - time_form.size(), time_form.size()};
  }
  /// What stands in quotes; a backslash takes its meaning from the next character.
  [[gnu::always_inline]] std::optional<std::string_view> quoted_text() {
    if (!take('"')) return std::nullopt;
    const char* begin = at_;
    for (;; at_ += 2) {
      at_ = codecs::find_far_byte(at_, end_, [](byte_lanes b) { return (b == '"') | (b == '\\'); });
      if (at_ == end_ || (*at_ == '\\' && end_ - at_ < 2)) return std::nullopt;
      if (*at_ == '"') break;
    }
    ++at_;
    return std::string_view(begin, static_cast<std::size_t>(at_ - 1 - begin));
  }

 private:
  const char* at_;
  const char* end_;
};

enum line_field : std::uint8_t {
  host,
  ident,
  user,
  time,
  method,
  path,
  protocol,
  status,
  bytes,
  referer,
  user_agent,
};

using field_row = field_columns::row;

bool is_none(std::string_view text) { return text.size() == 1 && text.front() == '-'; }

[[gnu::always_inline]] inline void set_text_or_null(const field_row& into, line_field field,
                                                    std::string_view text) {
  if (is_none(text)) return into.set_null(field);
  into.set_text(field, text);
}

// A number without a sign, perhaps with zeros in front, or `-`. False: neither.
[[gnu::always_inline]] inline bool set_number_or_null(const field_row& into, line_field field,
                                                      std::string_view text) {
  if (text.empty()) return false;
  if (const auto number = codecs::scan_digits_in_buffer(text)) {
    into.set_number(field, *number);
    return true;
  }
  if (is_none(text)) {
    into.set_null(field);
    return true;
  }
  if (text.front() == '-') return false;
  const auto number = parse_int64(text);
  if (number) into.set_number(field, *number);
  return number.has_value();
}

// Where the last space stands, or the text's size.
// Requires: `lane_count` bytes may be read before each of the text's, as before what stands behind
//           the time.
std::size_t last_space(std::string_view text) {
  for (std::size_t end = text.size(); end > 0; end -= std::min(end, codecs::lane_count)) {
    const char* const block = text.data() + end - codecs::lane_count;
    auto bits = codecs::lane_bits(codecs::load_lanes(block) == ' ');
    if (end < codecs::lane_count) bits &= ~std::uint32_t{0} << (codecs::lane_count - end);
    if (bits != 0)
      return end + static_cast<unsigned>(std::bit_width(bits)) - 1 - codecs::lane_count;
  }
  return text.size();
}

// `GET /a/path HTTP/1.1`, or whatever else a client has sent.
void set_request(const field_row& into, std::string_view request) {
  constexpr std::string_view last_word = " HTTP/";
  const auto first = codecs::find_byte(request, [](byte_lanes b) { return b == ' '; });
  if (first == request.size()) {
    into.set_null(method);
    into.set_null(protocol);
    return set_text_or_null(into, path, request);
  }
  set_text_or_null(into, method, request.substr(0, first));
  auto rest = request.substr(first + 1);
  const auto last = last_space(rest);
  if (last != rest.size() && rest.substr(last).starts_with(last_word)) {
    into.set_text(protocol, rest.substr(last + 1));
    rest = rest.substr(0, last);
  } else {
    into.set_null(protocol);
  }
  set_text_or_null(into, path, rest);
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

  void parse(const text_rows& texts, field_columns& into, parsed_texts& out) override {
    texts.parse_each(into, out, [&](std::string_view text, const field_row& row) -> result<void> {
      if (const char* what = parse_line(text, row))
        return failure(
            "not-apache-combined",
            fmt::format("{} is not a line of the combined log format: {}", quoted(text), what));
      return {};
    });
  }

 private:
  // Answers what is wrong with the line.
  const char* parse_line(std::string_view text, const field_row& into) {
    line_scanner line(text);
    const auto first = line.word();
    const auto second = line.word();
    const auto third = line.word();
    if (first.empty() || second.empty() || third.empty())
      return "it begins with host, ident and user";
    set_text_or_null(into, host, first);
    set_text_or_null(into, ident, second);
    set_text_or_null(into, user, third);
    if (!read_time(line.bracketed_time()) || !line.take(' '))
      return "the time is no [10/Oct/2000:13:55:36 -0700]";
    into.set_number(time, last_time_);
    const auto request = line.quoted_text();
    if (!request || !line.take(' ')) return "the request does not stand in quotes";
    set_request(into, *request);
    if (!set_number_or_null(into, status, line.word())) return "the status is no number";
    if (!set_number_or_null(into, bytes, line.last_word())) return "the bytes are no number";
    if (line.empty()) {
      into.set_null(referer);
      into.set_null(user_agent);
      return nullptr;
    }
    const auto from = line.take(' ') ? line.quoted_text() : std::nullopt;
    const auto by = from && line.take(' ') ? line.quoted_text() : std::nullopt;
    if (!by) return "referer and user agent do not stand in quotes";
    set_text_or_null(into, referer, *from);
    set_text_or_null(into, user_agent, *by);
    return line.empty() ? nullptr : "there is text behind the user agent";
  }

  // Makes `last_time_` the text's. Lines that follow one another mostly have one time.
  bool read_time(std::string_view text) {
    if (text.empty()) return false;
    if (is_last(text)) return true;
    const auto time = parse_time(text);
    if (!time) return false;
    last_time_ = *time;
    std::copy(text.begin(), text.end(), last_text_);
    return true;
  }

  // Two blocks, of which the second ends with the text.
  bool is_last(std::string_view text) const {
    constexpr auto second = time_form.size() - codecs::lane_count;
    const auto differs =
        (codecs::load_lanes(text.data()) ^ codecs::load_lanes(last_text_)) |
        (codecs::load_lanes(text.data() + second) ^ codecs::load_lanes(last_text_ + second));
    return codecs::lane_bits(differs == byte_lanes{}) == 0xFFFF;
  }

  // A time that was read, and what it says.
  char last_text_[time_form.size() + 1] = "[01/Jan/1970:00:00:00 +0000]";
  std::int64_t last_time_ = 0;
};

}  // namespace

std::unique_ptr<text_parser> make_apache_combined_parser() {
  return std::make_unique<apache_combined_parser>();
}

}  // namespace weir
