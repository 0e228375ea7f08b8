#include "pipelines/trial/trial_conditions.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/pipelines/trial/trials.hpp"

namespace weir::testing {
namespace {

// What a run tells of the conditions on what the filter lets through.
std::string told(const std::string& conditions, const trial_setup& how = {.chunk_records = 2}) {
  const auto trials = trials_of(
      fmt::format("weir: 1\nstages:\n"
                  "  - {{name: in, type: read_file, path: a.ndjson}}\n"
                  "  - {{type: filter, where: n > 0}}\n"
                  "  - {{type: print}}\n"
                  "tests:\n"
                  "  - name: t\n"
                  "    input: {{in: [{{n: 1, s: a}}, {{n: 0}}, {{n: 2}}, {{n: 3, s: 5}}]}}\n"
                  "    output: {{filter: {}}}\n",
                  conditions));
  return fmt::format("{}", fmt::join(trials[0].run(*make_inline_executor(), how).wrong, "\n"));
}

}  // namespace

TEST_CASE("conditions that hold tell nothing") {
  for (const char* conditions :
       {"{count: 3}", "{each: n > 0}", "{each: [n > 0, n < 4]}", "{any: n == 3}", "{none: n == 0}",
        "{any: ['s == \"a\"', n == 2], none: n > 3, each: '!has(s) || n != 2', count: 3}",
        "{each: _line > 0}"})
    for (const auto& how : {trial_setup{}, trial_setup{.chunk_records = 1},
                            trial_setup{.chunk_records = 2, .narrow = true}}) {
      CAPTURE(conditions);
      CHECK(told(conditions, how) == "");
    }
}

TEST_CASE("conditions that do not hold tell for which records") {
  struct row {
    const char *conditions, *told;
  };
  const row rows[] = {
      {"{count: 2}",
       "'filter': 3 records, expected 2\n"
       "    1   {\"n\":1,\"s\":\"a\"}\n    2   {\"n\":2}\n    3   {\"n\":3,\"s\":5}"},
      {"{each: n < 3}",
       "'filter': each 'n < 3': not true for 1 of 3 records\n    3   {\"n\":3,\"s\":5}"},
      {"{each: n != 3 || s}",
       "'filter': each 'n != 3 || s': not true for 1 of 3 records\n    3   {\"n\":3,\"s\":5}\n"
       "        ('||' takes bool, found int)"},
      {"{each: s == 'a' || null}",
       "'filter': each 's == 'a' || null': not true for 2 of 3 records\n"
       "    2   {\"n\":2}\n        (null)\n    3   {\"n\":3,\"s\":5}\n        (null)"},
      {"{any: n > 7}",
       "'filter': any 'n > 7': not true for any of 3 records\n"
       "    1   {\"n\":1,\"s\":\"a\"}\n    2   {\"n\":2}\n    3   {\"n\":3,\"s\":5}"},
      {"{none: n == 2}",
       "'filter': none 'n == 2': not false for 1 of 3 records\n    2   {\"n\":2}"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.conditions);
    CHECK(told(row.conditions) == row.told);
  }
}

TEST_CASE("what can't be computed holds neither for each record nor for none") {
  CHECK(told("{none: n % 0 == 1}") != "");
  CHECK(told("{each: n % 0 == 1}") != "");
  CHECK(told("{any: n % 0 == 1}") != "");
}

TEST_CASE("of nothing each and none hold, and any does not") {
  const captured_records nothing{.lines = {}, .failings = {{}}};
  const auto unmet = [&](test_condition::kind what) {
    test_records expected{.has_conditions = true};
    expected.conditions.push_back({what, *expression::parse("n > 1"), {}});
    std::vector<std::string> all;
    add_unmet_conditions("x", expected, nothing, true, all);
    return fmt::format("{}", fmt::join(all, "\n"));
  };
  CHECK(unmet(test_condition::kind::each) == "");
  CHECK(unmet(test_condition::kind::none) == "");
  CHECK(unmet(test_condition::kind::any) == "x: any 'n > 1': there are no records");
}

TEST_CASE("a value that a condition sees has the type that the pipeline gave it") {
  const auto trials = trials_of(R"yaml(weir: 1
stages:
  - {name: in, type: read_file, path: a.ndjson, columns: {at: timestamp, n: int}}
  - {type: map, set: {half: n / 2}}
  - {type: print}
tests:
  - name: t
    input: {in: [{n: 3, at: "2026-03-01T12:30:00Z"}]}
    output: {print: {each: ["at > timestamp('2026-03-01T00:00:00Z')", half == 1]}}
)yaml");
  CHECK(trials[0].run(*make_inline_executor(), {}).wrong.empty());
}

}  // namespace weir::testing
