#include "pipelines/trial/trial_differences.hpp"

#include <doctest/doctest.h>

#include "tests/support/approved_text.hpp"

namespace weir::testing {
namespace {

std::string numbered(int number) { return "{\"n\":" + std::to_string(number) + "}"; }

std::vector<std::string> numbers(int from, int to) {
  std::vector<std::string> all;
  for (int i = from; i < to; ++i) all.push_back(numbered(i));
  return all;
}

}  // namespace

TEST_CASE("lists that agree have no difference") {
  CHECK(difference({.what = "x"}) == "");
  CHECK(difference({.what = "x", .expected = numbers(0, 3), .found = numbers(0, 3)}) == "");
  CHECK(difference({.what = "x",
                    .expected = {numbered(2), numbered(1)},
                    .found = numbers(1, 3),
                    .in_order = false}) == "");
}

TEST_CASE("differences of records are shown side by side") {
  std::string all;
  const auto show = [&](const char* title, trial_comparison both) {
    both.what = "'filter'";
    const auto text = difference(std::move(both));
    CHECK(text != "");
    all += std::string("# ") + title + "\n" + text + "\n\n";
  };
  auto one_off = numbers(0, 12);
  one_off[6] = R"({"n":6.5})";
  show("one of twelve", {.expected = numbers(0, 12), .found = one_off});
  auto without = numbers(0, 12);
  without.erase(without.begin() + 1);
  without.push_back(R"({"n":12,"more":[1]})");
  show("one is missing, one too many", {.expected = numbers(0, 12), .found = without});
  show("nothing came", {.expected = numbers(0, 2), .found = {}});
  show("nothing should have come", {.expected = {}, .found = numbers(0, 2)});
  show("another key",
       {.expected = {R"({"n":1,"a":"\u00e4"})"}, .found = {R"({"n":1,"b":"\u00e4"})"}});
  show("text in UTF-8",
       {.expected = {"{\"a\":\"\u00e4\u00f6\u00fc\"}"}, .found = {"{\"a\":\"\u00e4\u00f6u\"}"}});
  const std::string filler(300, 'x');
  show("a long record", {.expected = {R"({"a":")" + filler + R"(","n":1})"},
                         .found = {R"({"a":")" + filler + R"(","n":2})"}});
  show("more than fits", {.expected = numbers(0, 100), .found = numbers(200, 290)});
  show("in any order", {.expected = numbers(0, 4),
                        .found = {numbered(3), numbered(7), numbered(0)},
                        .in_order = false});
  check_approved("pipelines/trial/approved/differences.txt", all);
}

TEST_CASE("what comes in any order is told the same, whatever order it came in") {
  trial_comparison one{.what = "x", .expected = numbers(0, 2), .found = numbers(4, 8)};
  one.in_order = false;
  trial_comparison other = one;
  other.found = {numbered(6), numbered(4), numbered(7), numbered(5)};
  CHECK(difference(one) == difference(other));
}

TEST_CASE("a long record is cut between characters") {
  std::string umlauts;
  for (int i = 0; i < 200; ++i) umlauts += "\u00e4";
  const auto shown = shown_record(umlauts);
  CHECK(shown == umlauts.substr(0, 200) + "...");
  CHECK(shown_record("{}") == "{}");
}

}  // namespace weir::testing
