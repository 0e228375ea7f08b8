// Machine code for a pattern against RE2, which defines what the pattern means.

#include "actors/support/jit_pattern.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <re2/re2.h>

#include <optional>
#include <string>
#include <vector>

#include "actors/support/pcre2_pattern.hpp"
#include "actors/support/text_parser.hpp"
#include "runtime/data/buffer.hpp"
#include "tests/actors/support/by_re2.hpp"
#include "tests/actors/support/parse_text.hpp"

using namespace weir;
using testing::by_re2;
using testing::groups;
using testing::random_text;

namespace {

// None of the outer: it gave up.
std::optional<groups> by_jit(jit_pattern& pattern, const std::string& text, std::size_t count) {
  const auto data = copy_to_buffer(text);
  std::vector<std::string_view> found(count);
  const auto what = pattern.match({data->data(), text.size()}, found);
  if (what == jit_pattern::found::unknown) return std::nullopt;
  if (what == jit_pattern::found::nothing) return groups();
  groups out(std::in_place);
  for (const auto piece : found)
    out->push_back(piece.data() == nullptr ? std::nullopt : std::optional(std::string(piece)));
  return out;
}

std::string random_pattern(int depth) {
  std::string pattern;
  for (int parts = *rc::gen::inRange(1, 4); parts > 0; --parts) {
    const int kind = *rc::gen::inRange(0, depth > 0 ? 10 : 7);
    std::string part = *rc::gen::element<std::string>(
        "a", "b", ".", " ", "\xC3\xA9", "\\.", "\\s", "\\S", "\\w", "\\W", "\\d", "\\D", "\\n",
        "[ab]", "[^ ]", "[^a\\]]", "[]a-]", "[\\s-]", "[\\w.]", "[a-c[]", "[^\xC3\xA9]", "\\x41",
        "(?i:a)", "\\v");
    if (kind >= 7)
      part = (kind == 7 ? "(?:" : kind == 8 ? "(?P<n>" : "(") + random_pattern(depth - 1);
    if (kind >= 7 && *rc::gen::inRange(0, 3) == 0) part += "|" + random_pattern(depth - 1);
    if (kind >= 7) part += ")";
    if (kind == 6) part = *rc::gen::element<std::string>("^", "$", "\\b", "\\A", "\\z");
    pattern += part + *rc::gen::element<std::string>("", "", "", "*", "+", "?", "*?", "+?", "??",
                                                     "{2}", "{1,}", "{0,2}", "", "{,2}");
  }
  return pattern;
}

}  // namespace

TEST_CASE("machine code finds what RE2 finds") {
  int compared = 0;
  int matched = 0;
  CHECK(rc::check([&] {
    const std::string pattern = random_pattern(2);
    re2::RE2::Options options;
    options.set_log_errors(false);
    const re2::RE2 expected(pattern, options);
    // Two groups of one name, and repeats of repeats.
    if (!expected.ok()) return;
    const auto made = jit_pattern::of(pattern);
    if (!made) return;
    ++compared;
    for (int i = 0; i < 20; ++i) {
      const std::string text = random_text();
      const auto right = by_re2(expected, text);
      const auto found =
          by_jit(*made, text, static_cast<std::size_t>(expected.NumberOfCapturingGroups()) + 1);
      if (right) ++matched;
      RC_LOG() << pattern << " on " << text;
      if (found) RC_ASSERT(*found == right);
    }
  }));
  CHECK(compared > 10);
  CHECK(matched > 20);
}

TEST_CASE("what may mean something else to PCRE2 is not given to it") {
  for (const char* pattern :
       {"(?i)a", "(?s:.)",  "\\x41", "\\pL",  "[[:alpha:]]", "[\\pL]", "\\v",
        "[\\v]", "\\Qa\\E", "\\B",   "(a*)*", "(a|b?)+",     "(?:^)*", "(?:a*){2}",
        "a{,2}", "a{x",     "[\\D]", "\\C",   "a{0}",        "a{02}",  "a{1,02}"}) {
    CAPTURE(pattern);
    CHECK(re2::RE2(pattern).ok());
    CHECK(pcre2_pattern(pattern) == std::nullopt);
  }
  CHECK(pcre2_pattern("(?<a>[^]\\s]+?)|(?P<b>x{2,3}\\S)$") ==
        "([^\\]\\t\\n\\f\\r ]+?)|(x{2,3}[^\\t\\n\\f\\r ])$");
}

TEST_CASE("a pattern that goes back and forth for ever is left to RE2, at once") {
  const auto made = jit_pattern::of("^(x+x+)+[yz]$");
  REQUIRE(made);
  std::vector<std::string_view> found(2);
  const auto long_text = copy_to_buffer(std::string(4000, 'x'));
  const auto short_text = copy_to_buffer("xxy");
  const auto match = [&](std::size_t size) {
    return made->match({long_text->data(), size}, found);
  };
  CHECK(match(40) == jit_pattern::found::unknown);
  CHECK(made->match({short_text->data(), 3}, found) == jit_pattern::found::match);
  for (int i = 0; i < 20; ++i) CHECK(match(4000) == jit_pattern::found::unknown);
  // It is not tried for ever.
  CHECK(made->match({short_text->data(), 3}, found) == jit_pattern::found::unknown);

  const auto parser = make_regex_parser("^(?<all>(x+x+)+[yz])$", {});
  REQUIRE(parser);
  for (int i = 0; i < 1000; ++i) {
    const auto none = testing::parse_text(**parser, std::string(4000, 'x'));
    REQUIRE(none.refused.size() == 1);
    CHECK(none.refused[0].cause.code == "no-match");
  }
  const auto good = testing::parse_text(**parser, "xxxy");
  REQUIRE(good.rows.size() == 1);
  CHECK(good.records->columns()[0]->string(0) == "xxxy");
}

TEST_CASE("texts that are long or no UTF-8 are left to RE2") {
  const auto made = jit_pattern::of("a(.)");
  REQUIRE(made);
  std::vector<std::string_view> found(2);
  const auto match = [&](const std::string& text) {
    const auto data = copy_to_buffer(text);
    return made->match({data->data(), text.size()}, found);
  };
  CHECK(match("ab") == jit_pattern::found::match);
  CHECK(match("a\xC3\xA9") == jit_pattern::found::match);
  CHECK(found[1].size() == 2);
  CHECK(match("b") == jit_pattern::found::nothing);
  CHECK(match("a\xFFz") == jit_pattern::found::unknown);
  CHECK(match(std::string(5000, 'a')) == jit_pattern::found::unknown);
}
