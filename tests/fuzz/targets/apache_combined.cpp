// The scanner of the combined log format, on any line. Holds: it reads the lines that the regular
// expression of the format matches and whose time there is, and no others, and finds the same
// fields.

#include <re2/re2.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <optional>

#include "actors/support/text_parser.hpp"
#include "tests/actors/support/parse_text.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/fuzz/targets.hpp"

namespace weir::testing {
namespace {

using re2::StringPiece;

constexpr std::size_t field_count = 11;
using fields = std::array<std::string, field_count>;

// Bytes count, not characters.
const RE2& pattern(const char* text) {
  return *new RE2(text, RE2::Latin1);  // for as long as the process
}

bool matches(const RE2& what, StringPiece text, std::span<StringPiece> groups) {
  return what.Match(text, 0, text.size(), RE2::ANCHOR_BOTH, groups.data(),
                    static_cast<int>(groups.size()));
}

std::string text_or_null(StringPiece text) {
  return text.data() == nullptr || text == "-" ? "null" : "'" + text.as_string() + "'";
}

// None: it does not fit into 64 bits.
std::optional<std::string> number_or_null(StringPiece text) {
  if (text == "-") return "null";
  errno = 0;
  const auto number = std::strtoll(text.as_string().c_str(), nullptr, 10);
  if (errno == ERANGE) return std::nullopt;
  return std::to_string(number);
}

// Nanoseconds since 1970; none where there is no such time.
std::optional<std::string> time_in(StringPiece text) {
  const std::string all = text.as_string();
  const std::string months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto month = months.find(all.substr(3, 3));
  const auto number = [&](std::size_t at, std::size_t size) {
    return std::atoi(all.substr(at, size).c_str());
  };
  if (month == std::string::npos || month % 3 != 0) return std::nullopt;
  std::tm parts{};
  parts.tm_mday = number(0, 2);
  parts.tm_mon = static_cast<int>(month / 3);
  parts.tm_year = number(7, 4) - 1900;
  if (parts.tm_year < 1678 - 1900 || parts.tm_year > 2261 - 1900) return std::nullopt;
  std::tm same = parts;
  const auto day = ::timegm(&same);
  // What there is no such day of becomes a day of the next month.
  if (same.tm_mday != parts.tm_mday || same.tm_mon != parts.tm_mon) return std::nullopt;
  const int hour = number(12, 2);
  const int minute = number(15, 2);
  const int second = number(18, 2);
  if (hour > 23 || minute > 59 || second > 60 || number(24, 2) > 59) return std::nullopt;
  const int east = (number(22, 2) * 60 + number(24, 2)) * (all[21] == '-' ? -60 : 60);
  return std::to_string(day + hour * 3600 + minute * 60 + second - east) + "000000000";
}

void split_request(StringPiece request, fields& out) {
  static const RE2& three = pattern("(?s)([^ ]*) (.*) (HTTP/[^ ]*)");
  static const RE2& two = pattern("(?s)([^ ]*) (.*)");
  std::array<StringPiece, 4> words;
  out[4] = out[6] = "null";
  if (matches(three, request, words)) {
    out[4] = text_or_null(words[1]);
    out[5] = text_or_null(words[2]);
    out[6] = text_or_null(words[3]);
  } else if (matches(two, request, std::span(words).first(3))) {
    out[4] = text_or_null(words[1]);
    out[5] = text_or_null(words[2]);
  } else {
    out[5] = text_or_null(request);
  }
}

std::optional<fields> by_expression(std::string_view line) {
  static const RE2& format = pattern(
      R"re(([^ ]+) ([^ ]+) ([^ ]+) \[(\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] )re"
      R"re("((?:[^"\\]|\\(?s:.))*)" (\d+|-) (\d+|-))re"
      R"re((?: "((?:[^"\\]|\\(?s:.))*)" "((?:[^"\\]|\\(?s:.))*)")?)re");
  std::array<StringPiece, 10> groups;
  if (!matches(format, {line.data(), line.size()}, groups)) return std::nullopt;
  fields out;
  for (std::size_t i = 0; i < 3; ++i) out[i] = text_or_null(groups[i + 1]);
  const auto time = time_in(groups[4]);
  split_request(groups[5], out);
  const auto status = number_or_null(groups[6]);
  const auto size = number_or_null(groups[7]);
  if (!time || !status || !size) return std::nullopt;
  out[3] = *time;
  out[7] = *status;
  out[8] = *size;
  for (std::size_t i = 9; i < field_count; ++i) out[i] = text_or_null(groups[i - 1]);
  return out;
}

std::optional<fields> by_scanner(text_parser& parser, std::string_view line) {
  const auto parsed = parse_text(parser, std::string(line));
  if (parsed.rows.empty()) return std::nullopt;
  fields out;
  for (std::size_t i = 0; i < field_count; ++i) {
    const auto value = parsed.records->columns()[i]->at(0);
    out[i] = value.kind == value_kind::null     ? "null"
             : value.kind == value_kind::string ? "'" + std::string(value.text) + "'"
                                                : std::to_string(value.int64);
  }
  return out;
}

}  // namespace

void fuzz_apache_combined(std::string_view bytes) {
  fuzz_input from(bytes);
  const auto parser = make_apache_combined_parser();
  // A parser remembers the last time: lines follow one another.
  do {
    const auto line = from.take_line();
    const auto expected = by_expression(line);
    const auto found = by_scanner(*parser, line);
    require(found.has_value() == expected.has_value(),
            found ? "only the scanner reads the line" : "only the expression matches the line");
    for (std::size_t i = 0; found && i < field_count; ++i)
      require_same((*found)[i], (*expected)[i], parser->fields()[i].name);
  } while (!from.text().empty());
}

}  // namespace weir::testing
