#include "pipelines/simulation/record_comparison.hpp"

#include <doctest/doctest.h>

namespace weir {
namespace {

using lines = std::vector<std::string>;

std::string told(const lines& expected, const lines& got, foretold known, bool in_order,
                 bool whole) {
  const expected_records what{
      .lines = expected, .known = known, .in_order = in_order, .whole = whole};
  const auto found = compare(what, got);
  CHECK(found.agrees() == found.text(what).empty());
  return found.text(what);
}

TEST_CASE("what came is compared with as much as is known of it") {
  struct row {
    const char* name;
    lines got;
    foretold known;
    bool in_order, whole;
    const char* text;
  };
  const lines expected{"a", "b", "b", "c"};
  using enum foretold;
  const row rows[] = {
      {"all, in order", {"a", "b", "b", "c"}, all, true, true, ""},
      {"all, in another order", {"b", "a", "c", "b"}, all, false, true, ""},
      {"another order where one is promised",
       {"a", "b", "c", "b"},
       all,
       true,
       true,
       "the order of records is not kept, first at record 3"},
      {"one is missing", {"a", "b", "c"}, all, true, true, "1 of 4 records is missing"},
      {"two are", {"b", "b"}, all, false, true, "2 of 4 records are missing"},
      {"one comes twice",
       {"a", "a", "b", "b", "c"},
       all,
       true,
       true,
       "1 record came more often than once for each that there is"},
      {"one is another",
       {"a", "b", "x", "c"},
       all,
       true,
       true,
       "1 of 4 records is missing, 1 record came that should not come"},
      {"a beginning", {"a", "b"}, all, true, false, ""},
      {"nothing", {}, all, true, false, ""},
      {"no beginning",
       {"a", "c"},
       all,
       true,
       false,
       "the order of records is not kept, first at record 2"},
      {"some of them, in no order", {"c", "b"}, all, false, false, ""},
      {"a part, in order", {"a", "c"}, part, true, true, ""},
      {"a part, in another order",
       {"c", "a"},
       part,
       true,
       true,
       "the order of records is not kept, first at record 2"},
      {"more than a part of it",
       {"a", "a"},
       part,
       true,
       true,
       "1 record came more often than once for each that there is"},
      {"nothing is known", {"x", "x"}, none, true, true, ""},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      CHECK(told(expected, row.got, row.known, row.in_order, row.whole) == row.text);
    }
}

TEST_CASE("records that may come too are told and excused, once each") {
  const lines expected{"a", "b"};
  const expected_records what{.lines = expected, .may_come_too = {{"a", 1}, {"x", 1}}};
  const auto once = compare(what, {"a", "a", "x", "b"});
  CHECK(once.agrees());
  CHECK(once.excused == 2);
  const auto twice = compare(what, {"a", "a", "a", "b"});
  CHECK_FALSE(twice.agrees());
  CHECK(twice.repeated == 1);
}

}  // namespace
}  // namespace weir
