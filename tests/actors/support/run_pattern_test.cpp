// Patterns without a choice against RE2.

#include "actors/support/run_pattern.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <re2/re2.h>

#include <array>
#include <string>
#include <vector>

#include "runtime/data/buffer.hpp"
#include "tests/actors/support/by_re2.hpp"

using namespace weir;
using testing::by_re2;
using testing::groups;
using testing::random_text;

namespace {

// None of the outer: it gave up.
std::optional<groups> by_runs(const run_pattern& pattern, const std::string& text,
                              std::size_t count) {
  const auto data = copy_to_buffer(text);
  std::vector<std::string_view> found(count);
  const auto what = pattern.match({data->data(), text.size()}, found);
  if (what == run_pattern::found::unknown) return std::nullopt;
  if (what == run_pattern::found::nothing) return groups();
  groups out(std::in_place);
  for (const auto piece : found) out->push_back(std::string(piece));
  return out;
}

std::string random_pattern(int depth) {
  std::string pattern;
  for (int parts = *rc::gen::inRange(1, 6); parts > 0; --parts) {
    if (depth > 0 && *rc::gen::inRange(0, 4) == 0) {
      pattern +=
          *rc::gen::element<std::string>("(", "(?:", "(?P<n>") + random_pattern(depth - 1) + ")";
      continue;
    }
    pattern += *rc::gen::element<std::string>(
        "a", "b", " ", "\"", "\\.", "\\[", "-", "[^ ]*", "[^a]+", "\\S*", "\\s+", "\\d{1,3}",
        "[a-z]+", "[0-9]{2}", "a*", "\\d{3}", "\\w*", "[0-9]*", "[ab]{2}", "[^]a]*", "[]a-]+",
        "[a-c_]*", ".*", ".", "\\W+", "[^ab\\]\"]+", "(?:[^\"\\\\]|\\\\.)*", "(?:[^ a\\\\]|\\\\.)*",
        "[^\\s]*", "[^ab1 .\\]]*");
  }
  return pattern;
}

}  // namespace

TEST_CASE("a pattern without a choice matches what RE2 matches, in one pass") {
  int compared = 0;
  int matched = 0;
  CHECK(rc::check([&] {
    std::string pattern = "^" + random_pattern(2);
    if (*rc::gen::arbitrary<bool>()) pattern += "$";
    re2::RE2::Options options;
    options.set_log_errors(false);
    const re2::RE2 expected(pattern, options);
    if (!expected.ok()) return;  // two groups of one name
    const auto made = run_pattern::of(pattern);
    if (!made) return;
    ++compared;
    for (int i = 0; i < 20; ++i) {
      const std::string text = *rc::gen::element<std::string>("", "a", "\\a\"", "\\") +
                               random_text() +
                               std::string(*rc::gen::element<std::size_t>(0, 0, 15, 90), 'a') +
                               *rc::gen::element<std::string>("", "\"", "\xFF");
      const auto right = by_re2(expected, text);
      const auto found =
          by_runs(*made, text, static_cast<std::size_t>(expected.NumberOfCapturingGroups()) + 1);
      if (right) ++matched;
      RC_LOG() << pattern << " on " << text;
      if (found) RC_ASSERT(*found == right);
    }
  }));
  CHECK(compared > 10);
  CHECK(matched > 20);
}

TEST_CASE("texts matched side by side have the groups that each has alone") {
  constexpr auto at_once = run_pattern::at_once;
  int matched = 0;
  int refused = 0;
  CHECK(rc::check([&] {
    // Any pattern, which seldom matches all texts, or one that most are made for.
    const bool any = *rc::gen::arbitrary<bool>();
    const std::string pattern =
        any ? "^" + random_pattern(2) + *rc::gen::element<std::string>("", "$")
            : R"re(^([^ ]*) (x(?P<n>[0-9]{1,9})) "((?:[^"\\]|\\.)*)"([^c]*)$)re";
    re2::RE2::Options options;
    options.set_log_errors(false);
    const re2::RE2 meant(pattern, options);
    if (!meant.ok()) return;
    const auto made = run_pattern::of(pattern);
    if (!made) return;
    const auto count = static_cast<std::size_t>(meant.NumberOfCapturingGroups()) + 1;
    // They lie behind each other, as lines do.
    std::string all;
    std::vector<std::size_t> ends;
    const auto some = [] { return std::string(*rc::gen::inRange<std::size_t>(0, 100), 'a'); };
    for (std::size_t i = 0; i < at_once; ++i) {
      all += any ? random_text() : some() + " x12 \"" + random_text() + "\"" + some();
      all += *rc::gen::weightedElement<std::string>({{30, ""}, {1, "\""}, {1, "c"}, {1, "\xFF"}});
      ends.push_back(all.size());
    }
    const auto data = copy_to_buffer(all);
    std::array<std::string_view, at_once> texts;
    std::vector<std::array<std::string_view, at_once>> found(count);
    std::array<std::vector<std::string_view>, at_once> expected;
    bool all_match = true;
    for (std::size_t i = 0; i < at_once; ++i) {
      const auto begin = i == 0 ? 0 : ends[i - 1];
      texts[i] = {data->data() + begin, ends[i] - begin};
      expected[i].resize(count);
      all_match &= made->match(texts[i], expected[i]) == run_pattern::found::match;
    }
    RC_LOG() << pattern << " on " << all;
    // A text that is not UTF-8 behind what matches may be left to `match`, or not.
    const bool is_utf8 = all.find('\xFF') == std::string::npos;
    const bool together = made->match_all(texts, found);
    RC_ASSERT((together ? all_match : !(all_match && is_utf8)));
    ++(together ? matched : refused);
    if (!together) return;
    for (std::size_t i = 0; i < at_once; ++i)
      for (std::size_t group = 0; group < count; ++group) {
        RC_ASSERT(found[group][i].data() == expected[i][group].data());
        RC_ASSERT(found[group][i].size() == expected[i][group].size());
      }
  }));
  CHECK(matched > 5);
  CHECK(refused > 5);
}

TEST_CASE("patterns of log lines need no choice") {
  for (
      const char* pattern :
      {R"re(^(?P<host>[^ ]*) \[(?P<time>[^\]]*)\] "(?P<request>(?:[^"\\]|\\.)*)" (\d{3}) (\S+)$)re",
       R"(^\[(?P<time>[^\]]+)\] \[(?P<level>\w+)\] (?P<text>.*)$)",
       R"(^(\d+)\.(\d+)\.(\d+)\.(\d+)\s+-)", "^a$", "^(?:x(y))z"}) {
    CAPTURE(pattern);
    CHECK(run_pattern::of(pattern).has_value());
  }
}

TEST_CASE("what has a choice, or may mean more than it seems to, is left to other engines") {
  for (const char* pattern : {"a",          "^a|b",     "^(a|b)c",
                              "^a*a",       "^[^ ]*x",  "^.*x",
                              "^(a)*",      "^a?",      "^a*?b",
                              "^[0-9]*\\d", "^\\w+\\b", "^[[:alpha:]]+ ",
                              "^\xC3\xA9",  "^.",       "^[^a]{2}",
                              "^(?i)a",     "^a{2",     "^a{02}",
                              "^a{1,02}",   "^\\pL+",   "^(?:[^\"]|\\\\.)*\"",
                              "^x$y",       "^a**",     "^[^ ]*[0-9]* "}) {
    CAPTURE(pattern);
    CHECK_FALSE(run_pattern::of(pattern).has_value());
  }
}

TEST_CASE("a run that nothing ends goes on to the end, over zeros too") {
  const auto made = run_pattern::of("^([\\s\\S]*)$");
  REQUIRE(made);
  const std::string text("a\0b\n", 4);
  CHECK(by_runs(*made, text, 2) == groups({text, text}));
}

TEST_CASE("literals of any length stand before, between and behind runs and groups") {
  const std::string filler = "0123456789abcdefghijklmnopqrstuvw";
  for (std::size_t length = 0; length <= filler.size(); ++length) {
    const auto literal = filler.substr(0, length);
    CAPTURE(literal);
    const auto made = run_pattern::of("^" + literal + "([^ ]*) " + literal + "(x" + literal +
                                      "((\\S+))) " + literal + "$");
    REQUIRE(made);
    const std::string inner = "x" + literal + "long";
    const std::string text = literal + "run " + literal + inner + " " + literal;
    CHECK(by_runs(*made, text, 5) == groups({text, "run", inner, "long", "long"}));
    CHECK(by_runs(*made, text + "x", 5) == std::optional<groups>(groups()));
    CHECK(by_runs(*made, text.substr(0, text.size() - 1), 5) == std::optional<groups>(groups()));
  }
}

TEST_CASE("a text that is not UTF-8 is left to RE2") {
  const auto made = run_pattern::of("^([^ ]*) ([0-9]*)$");
  REQUIRE(made);
  CHECK(by_runs(*made, "\xC3\xA9 1", 3) == groups({"\xC3\xA9 1", "\xC3\xA9", "1"}));
  CHECK(by_runs(*made, "\xC3 1", 3) == std::nullopt);
  CHECK(by_runs(*made, "a b\xFF", 3) == std::nullopt);
  CHECK(by_runs(*made, "a b", 3) == std::optional<groups>(groups()));
}
