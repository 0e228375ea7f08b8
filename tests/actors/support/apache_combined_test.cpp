// The scanner of the combined log format against the regular expression that says the same.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>

#include "actors/support/text_parser.hpp"
#include "runtime/base/random.hpp"
#include "runtime/data/records.hpp"
#include "tests/actors/support/parse_text.hpp"

namespace weir {
namespace {

using testing::parse_text;

constexpr const char* combined =
    R"re(^(?<host>[^ ]+) (?<ident>[^ ]+) (?<user>[^ ]+) )re"
    R"re(\[(?<time>\d\d/Jan/2[01]\d\d:\d\d:\d\d:\d\d [+-]\d{4})\] )re"
    R"re("(?<request>(?:[^"\\]|\\(?s:.))*)" (?<status>\d+|-) (?<bytes>\d+|-))re"
    R"re((?: "(?<referer>(?:[^"\\]|\\(?s:.))*)" "(?<user_agent>(?:[^"\\]|\\(?s:.))*)")?$)re";

using texts = std::vector<std::optional<std::string>>;

std::optional<std::string> text_of(const column& from) {
  const value_view value = from.at(0);
  if (value.kind == value_kind::null) return std::nullopt;
  if (value.kind == value_kind::int64) return std::to_string(value.int64);
  return std::string(value.text);
}

// host ident user status bytes referer user_agent: what both parsers take as it stands.
std::optional<texts> by_regex(text_parser& parser, const std::string& line) {
  const auto found = parse_text(parser, line);
  if (found.rows.empty()) return std::nullopt;
  texts out;
  for (std::size_t i = 0; i < parser.fields().size(); ++i) {
    const auto& name = parser.fields()[i].name;
    if (name == "time" || name == "request") continue;
    auto text = text_of(*found.records->columns()[i]);
    if (text == "-") text = std::nullopt;
    // The scanner's numbers have lost their leading zeros.
    if (text && (name == "status" || name == "bytes")) text = std::to_string(std::stoll(*text));
    out.push_back(std::move(text));
  }
  return out;
}

std::optional<texts> by_scanner(text_parser& parser, const std::string& line) {
  const auto found = parse_text(parser, line);
  if (found.rows.empty()) return std::nullopt;
  texts out;
  for (std::size_t i = 0; i < parser.fields().size(); ++i) {
    const auto& name = parser.fields()[i].name;
    if (name == "time" || name == "method" || name == "path" || name == "protocol") continue;
    out.push_back(text_of(*found.records->columns()[i]));
  }
  return out;
}

// A line of the format, or one that a few changed characters may have made another.
std::string invented_line(random_source& random) {
  constexpr std::array hosts = {"10.0.0.1", "web-1.example", "::1", "-"};
  constexpr std::array users = {"-", "frank", "a.b"};
  constexpr std::array requests = {R"(GET / HTTP/1.1)",
                                   R"(-)",
                                   R"(GET /a\"b HTTP/1.0)",
                                   R"(POST /x y z HTTP/2.0)",
                                   R"(\x16\x03)",
                                   "",
                                   R"(GET /old)"};
  constexpr std::array agents = {"-", "curl/8", R"(a \"quoted\" one)", "", R"(ends in \\)"};
  const auto one_of = [&](const auto& list) {
    return list[random.below(static_cast<std::uint32_t>(list.size()))];
  };
  std::string line = fmt::format(
      "{} - {} [{:02}/Jan/2026:0{}:00:00 +0000] \"{}\" {} {}", one_of(hosts), one_of(users),
      1 + random.below(28), random.below(10), one_of(requests), 100 + random.below(500),
      random.below(4) == 0 ? "-" : std::to_string(random.below(100'000)));
  if (random.below(5) != 0) line += fmt::format(" \"{}\" \"{}\"", one_of(agents), one_of(agents));
  constexpr std::string_view odd = "\" []\\-1x";
  for (auto changes = random.below(3); changes > 0; --changes) {
    const auto at = random.below(static_cast<std::uint32_t>(line.size()));
    const char put = odd[random.below(static_cast<std::uint32_t>(odd.size()))];
    if (random.below(2) == 0) {
      line[at] = put;
    } else {
      line.erase(at, 1);
    }
  }
  return line;
}

TEST_CASE("the scanner of the combined log format agrees with its regular expression") {
  const auto scanner = make_apache_combined_parser();
  const auto regex = make_regex_parser(combined, {});
  REQUIRE(regex);
  random_source random(20260101);
  int read = 0;
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto line = invented_line(random);
    const auto expected = by_regex(**regex, line);
    const auto found = by_scanner(*scanner, line);
    CAPTURE(line);
    REQUIRE(found.has_value() == expected.has_value());
    if (found) CHECK(*found == *expected);
    ++(found ? read : refused);
  }
  CHECK(read > 5'000);
  CHECK(refused > 500);
}

TEST_CASE("a request is split into method, path and protocol as far as it goes") {
  struct row {
    const char *request, *method, *path, *protocol;
  };
  const row rows[] = {
      {"GET /a HTTP/1.1", "GET", "/a", "HTTP/1.1"},
      {"GET /a b HTTP/1.1", "GET", "/a b", "HTTP/1.1"},
      {"GET /a", "GET", "/a", nullptr},
      {"GET /a b", "GET", "/a b", nullptr},
      {"\\x16\\x03", nullptr, "\\x16\\x03", nullptr},
      {"", nullptr, "", nullptr},
      {"-", nullptr, nullptr, nullptr},
  };
  const auto scanner = make_apache_combined_parser();
  for (const auto& row : rows) {
    CAPTURE(row.request);
    const auto line = fmt::format("h - - [01/Jan/2026:00:00:00 +0000] \"{}\" 200 1", row.request);
    const auto found = parse_text(*scanner, line);
    REQUIRE(found.rows.size() == 1);
    const auto expected = [](const char* text) {
      return text == nullptr ? std::nullopt : std::optional<std::string>(text);
    };
    CHECK(text_of(*found.records->columns()[4]) == expected(row.method));
    CHECK(text_of(*found.records->columns()[5]) == expected(row.path));
    CHECK(text_of(*found.records->columns()[6]) == expected(row.protocol));
  }
}

TEST_CASE("what a server escaped in a quoted text stays as it was written") {
  // Apache's way, nginx's, and a byte that is no UTF-8 alone.
  for (const char* text : {R"(say \"hi\")", R"(say \x22hi\x22)", R"(back\\slash)", R"(\xff\n)"}) {
    CAPTURE(text);
    const auto line = fmt::format(
        R"(h - - [01/Jan/2026:00:00:00 +0000] "GET /{0} HTTP/1.1" 200 1 "{0}" "{0}")", text);
    const auto scanner = make_apache_combined_parser();
    const auto found = parse_text(*scanner, line);
    REQUIRE(found.rows.size() == 1);
    CHECK(text_of(*found.records->columns()[5]) == "/" + std::string(text));
    CHECK(text_of(*found.records->columns()[9]) == text);
    CHECK(text_of(*found.records->columns()[10]) == text);
  }
}

TEST_CASE("zeros are no time, in the first line either") {
  const auto line = "h - - " + std::string(28, '\0') + " \"-\" 200 1";
  CHECK(parse_text(*make_apache_combined_parser(), line).rows.empty());
}

TEST_CASE("the time of a log line is read with its offset, and checked") {
  struct row {
    const char *time, *read;
  };
  const row rows[] = {
      {"10/Oct/2000:13:55:36 -0700", "2000-10-10T20:55:36Z"},
      {"01/Jan/1970:01:00:00 +0100", "1970-01-01T00:00:00Z"},
      {"31/Dec/1969:23:59:59 +0000", "1969-12-31T23:59:59Z"},
      {"29/Feb/2024:00:00:00 +0530", "2024-02-28T18:30:00Z"},
      {"29/Feb/2023:00:00:00 +0000", nullptr},
      {"00/Jan/2026:00:00:00 +0000", nullptr},
      {"01/jan/2026:00:00:00 +0000", nullptr},
      {"01/Jan/2026:24:00:00 +0000", nullptr},
      {"01/Jan/2026:00:60:00 +0000", nullptr},
      {"01/Jan/2026:00:00:61 +0000", nullptr},
      {"01/Jan/2026:00:00:00 0000", nullptr},
      {"1/Jan/2026:00:00:00 +0000", nullptr},
      {"01-Jan-2026:00:00:00 +0000", nullptr},
      {"01/Jan/9999:00:00:00 +0000", nullptr},
  };
  const auto scanner = make_apache_combined_parser();
  for (const auto& row : rows) {
    CAPTURE(row.time);
    const auto line = fmt::format("h - - [{}] \"-\" 200 1", row.time);
    const auto found = parse_text(*scanner, line);
    const bool read = !found.rows.empty();
    REQUIRE(read == (row.read != nullptr));
    if (read) CHECK(timestamp_text(found.records->columns()[3]->int64s()[0]) == row.read);
  }
}

}  // namespace
}  // namespace weir
