#include "actors/support/group_table.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "actors/support/value_order.hpp"
#include "runtime/base/random.hpp"
#include "runtime/data/column_builder.hpp"
#include "runtime/data/records.hpp"
#include "runtime/expression/json_path.hpp"

namespace weir {
namespace {

constexpr std::uint64_t seed = 42;

std::vector<std::uint32_t> all_rows(std::size_t count) {
  std::vector<std::uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

std::vector<std::uint32_t> groups_of(group_table& table, std::vector<column_ptr> keys) {
  const auto rows = all_rows(keys.front()->size());
  std::vector<std::uint32_t> groups(rows.size());
  std::vector<const column*> columns;
  for (const auto& k : keys) columns.push_back(k.get());
  table.find(columns, rows, groups);
  return groups;
}

// A value as text that tells its kind: `"a"`, `1`, `1.0`, `null`.
std::string shown(const value_view& value) {
  std::string text;
  append_json(text, value);
  return text;
}

column_ptr strings(const std::vector<std::string>& values) {
  column_builder builder;
  for (const auto& v : values) builder.append_text(v);
  return builder.finish();
}

TEST_CASE("records with equal keys are one group, numbered as they appear") {
  group_table table(1, seed);
  const std::string far = "a text of more than twelve bytes";
  CHECK(groups_of(table, {strings({"b", "a", "b", far, "", far, "a"})}) ==
        std::vector<std::uint32_t>{0, 1, 0, 2, 3, 2, 1});
  CHECK(groups_of(table, {strings({far, "new", ""})}) == std::vector<std::uint32_t>{2, 4, 3});
  CHECK(table.size() == 5);
  CHECK(shown(table.key(2, 0)) == "\"" + far + "\"");
}

TEST_CASE("a group does not depend on how a value is stored") {
  // 1, 1.0, "1", true, null, 2.5, each stored densely and among others.
  group_table table(1, seed);
  column_builder mixed;
  mixed.append_int64(1);
  mixed.append_float64(1.0);
  mixed.append_text("1");
  mixed.append_boolean(true);
  mixed.append_null();
  mixed.append_float64(2.5);
  mixed.append_int64(1, value_kind::timestamp);
  mixed.append_text("1", value_kind::bytes);
  const std::vector<std::uint32_t> expected = {0, 0, 1, 2, 3, 4, 5, 6};
  CHECK(groups_of(table, {mixed.finish()}) == expected);

  column_builder integers;
  integers.append_null();
  integers.append_int64(1);
  CHECK(groups_of(table, {integers.finish()}) == std::vector<std::uint32_t>{3, 0});
  column_builder doubles;
  doubles.append_float64(2.5);
  doubles.append_null();
  doubles.append_float64(1.0, "1.00");
  CHECK(groups_of(table, {doubles.finish()}) == std::vector<std::uint32_t>{4, 3, 0});
  column_builder booleans;
  booleans.append_boolean(false);
  booleans.append_boolean(true);
  CHECK(groups_of(table, {booleans.finish()}) == std::vector<std::uint32_t>{7, 2});
  CHECK(groups_of(table, {strings({"1"})}) == std::vector<std::uint32_t>{1});
  CHECK(groups_of(table, {column::nulls(2)}) == std::vector<std::uint32_t>{3, 3});
}

TEST_CASE("lists and maps are one group where they are the same value") {
  struct row {
    const char* text;
    std::uint32_t group;
  };
  const row rows[] = {
      {"[1, 2]", 0},
      {"[1,2]", 0},
      {"[1.0,20e-1]", 0},
      {"[2,1]", 1},
      {R"({"a":1,"b":[true,null,"x"]})", 2},
      {R"({ "b":[true, null, "\u0078"], "a":1.0 })", 2},
      {R"({"a":1,"b":[true,null,"y"]})", 3},
      {"[9007199254740993]", 4},
      {"[9007199254740992.0]", 5},
      {"[9007199254740992]", 5},
      {"[-0.0]", 6},
      {"[0]", 6},
      {"[]", 7},
      {"[[]]", 8},
      {"[0.1]", 9},
      {"[\"1\"]", 10},
      {"[1]", 11},
  };
  std::vector<std::uint32_t> expected;
  column_builder alone;
  column_builder mixed;
  mixed.append_int64(7);
  for (const auto& row : rows) {
    expected.push_back(row.group);
    alone.append_text(row.text, value_kind::json);
    mixed.append_text(row.text, value_kind::json);
    for (const auto& other : rows)
      CHECK(json_equal(row.text, other.text) == (row.group == other.group));
  }
  group_table table(1, seed);
  CHECK(groups_of(table, {alone.finish()}) == expected);
  CHECK(shown(table.key(0, 0)) == "[1, 2]");
  expected.insert(expected.begin(), 12);
  CHECK(groups_of(table, {mixed.finish()}) == expected);
}

bool is_same_value(const value_view& a, const value_view& b) {
  const bool nested = a.kind == value_kind::json && b.kind == value_kind::json;
  return nested ? json_equal(std::string(a.text), std::string(b.text)) : compare_values(a, b) == 0;
}

// Keys of two columns as texts, by the text of a value that stands for all its group's.
std::vector<std::string> written_keys(const group_table& table) {
  std::vector<std::string> keys;
  for (const auto group : table.sorted())
    keys.push_back(shown(table.key(group, 0)) + " " + shown(table.key(group, 1)));
  return keys;
}

TEST_CASE("how a key is written depends neither on the order of the records nor on a merge") {
  const auto append = [](column_builder& to, std::uint32_t which) {
    const char* texts[] = {"1.50", "1.5", "15e-1", "150e-2"};
    const char* lists[] = {"[1, 2]", "[1,2]", "[1.0,2]", "{\"b\":1,\"a\":2}",
                           "{\"a\": 2, \"b\":1}"};
    if (which < 4) return to.append_float64(1.5, texts[which]);
    if (which < 9) return to.append_text(lists[which - 4], value_kind::json);
    if (which == 9) return to.append_int64(7);
    if (which == 10) return to.append_float64(7.0, "7.0");
    if (which == 11) return to.append_float64(-0.0);
    if (which == 12) return to.append_float64(0.0);
    if (which == 13) return to.append_text("a text that is not kept inline");
    to.append_null();
  };
  constexpr std::uint32_t kinds = 15;
  for (std::uint64_t s = 1; s <= 30; ++s) {
    CAPTURE(s);
    random_source random(s);
    // Each pair of values twice, so that every text is there whatever the order.
    std::vector<std::uint32_t> pairs(kinds * kinds);
    std::iota(pairs.begin(), pairs.end(), 0);
    for (std::size_t i = pairs.size(); i > 1; --i)
      std::swap(pairs[i - 1], pairs[random.below(static_cast<std::uint32_t>(i))]);
    group_table shares[] = {{2, s}, {2, s + 1}, {2, s + 2}};
    for (const auto pair : pairs) {
      column_builder first;
      column_builder second;
      append(first, pair / kinds);
      append(second, pair % kinds);
      groups_of(shares[random.below(3)], {first.finish(), second.finish()});
    }
    group_table all(2, s + 3);
    for (const auto& share : shares) {
      std::vector<std::uint32_t> groups(share.size());
      all.find(share, groups);
      for (std::uint32_t group = 0; group < share.size(); ++group)
        for (const std::size_t key : {0, 1})
          CHECK(is_same_value(share.key(group, key), all.key(groups[group], key)));
    }
    // Null, 0.0, 1.5, 7, the text, and two values in brackets: of each column.
    REQUIRE(all.size() == 49);
    const auto keys = written_keys(all);
    CHECK(keys.front() == "null null");
    CHECK(keys[8] == "0.0 0.0");
    CHECK(keys[16] == "1.5 1.5");
    CHECK(keys[24] == "7 7");
    CHECK(keys[32] == "\"a text that is not kept inline\" \"a text that is not kept inline\"");
    CHECK(keys[40] == "[1, 2] [1, 2]");
    CHECK(keys[48] == "{\"a\": 2, \"b\":1} {\"a\": 2, \"b\":1}");
  }
}

TEST_CASE("numbers are told apart by their exact values") {
  group_table table(1, seed);
  column_builder numbers;
  numbers.append_int64(9007199254740993);
  numbers.append_float64(9007199254740992.0);
  numbers.append_float64(18446744073709551616.0, "18446744073709551615");
  numbers.append_float64(18446744073709551616.0, "18446744073709551616");
  numbers.append_float64(18446744073709551616.0);
  numbers.append_float64(0.0);
  numbers.append_float64(-0.0);
  numbers.append_float64(std::numeric_limits<double>::quiet_NaN());
  numbers.append_float64(-std::numeric_limits<double>::quiet_NaN());
  CHECK(groups_of(table, {numbers.finish()}) ==
        std::vector<std::uint32_t>{0, 1, 2, 3, 3, 4, 4, 5, 5});
  CHECK(shown(table.key(2, 0)) == "18446744073709551615");
}

TEST_CASE("groups are sorted by their keys, the first before the second") {
  group_table table(2, seed);
  column_builder second;
  for (const int v : {2, 1, 1, 0, 1}) second.append_int64(v);
  groups_of(table, {strings({"b", "b", "a", "c", "b"}), second.finish()});
  groups_of(table, {column::nulls(1), column::nulls(1)});
  CHECK(table.size() == 5);
  std::vector<std::string> sorted;
  for (const auto group : table.sorted())
    sorted.push_back(shown(table.key(group, 0)) + " " + shown(table.key(group, 1)));
  CHECK(sorted ==
        std::vector<std::string>{"null null", "\"a\" 1", "\"b\" 1", "\"b\" 2", "\"c\" 0"});
}

TEST_CASE("groups of any values are sorted by these") {
  for (std::uint64_t s = 1; s <= 40; ++s) {
    CAPTURE(s);
    random_source random(s);
    // Of all kinds, or all texts that begin alike.
    const bool alike = s % 4 == 0;
    column_builder builder;
    for (int i = 0; i < 300; ++i) {
      const std::uint32_t n = random.below(40);
      const double near = std::ldexp(1.0, static_cast<int>(random.below(70))) + n;
      switch (alike ? 0 : random.below(9)) {
        case 0:
          builder.append_text(std::string(alike ? 9 : n % 3, 'x') + std::string(n % 5, '\0') +
                              (n % 2 == 0 ? "" : "\xff and more that is kept in a buffer") +
                              std::to_string(n % 7));
          break;
        case 1:
          builder.append_int64(static_cast<std::int64_t>(random.next()) >> random.below(63));
          break;
        case 2:
          builder.append_int64(static_cast<std::int64_t>(std::min(near, 9e18)) - 2);
          break;
        case 3:
          builder.append_float64(n % 2 == 0 ? near : -near);
          break;
        case 4:
          builder.append_float64(n == 0 ? std::numeric_limits<double>::quiet_NaN() : 1.0 / n - 0.5);
          break;
        case 5:
          builder.append_boolean(n % 2 == 0);
          break;
        case 6:
          builder.append_int64(static_cast<std::int64_t>(n) - 20, value_kind::timestamp);
          break;
        case 7:
          builder.append_text(std::to_string(n), value_kind::bytes);
          break;
        default:
          builder.append_null();
      }
    }
    group_table table(1, s);
    groups_of(table, {builder.finish()});
    const auto sorted = table.sorted();
    REQUIRE(sorted.size() == table.size());
    for (std::size_t i = 1; i < sorted.size(); ++i)
      CHECK(compare_values(table.key(sorted[i - 1], 0), table.key(sorted[i], 0)) < 0);
  }
}

TEST_CASE("without key columns there is one group from the start") {
  group_table table(0, seed);
  CHECK(table.size() == 1);
  const auto rows = all_rows(3);
  std::vector<std::uint32_t> groups(3, 9);
  table.find({}, rows, groups);
  CHECK(groups == std::vector<std::uint32_t>{0, 0, 0});
  CHECK(table.sorted() == std::vector<std::uint32_t>{0});
}

TEST_CASE("a group table agrees with a map of combined keys") {
  for (std::uint64_t s = 1; s <= 20; ++s) {
    CAPTURE(s);
    random_source random(s);
    const std::uint32_t distinct = 1 + random.below(200);
    group_table table(3, s);
    std::map<std::string, std::uint32_t> known;
    for (int chunk = 0; chunk < 5; ++chunk) {
      std::vector<column_builder> builders(3);
      std::vector<std::string> keys(1 + random.below(300));
      for (auto& key : keys)
        for (auto& b : builders) {
          const std::uint32_t pick = random.below(distinct);
          if (pick % 7 == 0) {
            b.append_null();
            key += "null,";
          } else if (pick % 3 == 0) {
            b.append_int64(pick);
            key += std::to_string(pick) + ",";
          } else {
            const std::string text =
                "value number " + std::string(pick % 11, 'x') + "-" + std::to_string(pick);
            b.append_text(text.substr(pick % 2 == 0 ? 0 : 11));
            key += text.substr(pick % 2 == 0 ? 0 : 11) + ",";
          }
        }
      const auto groups =
          groups_of(table, {builders[0].finish(), builders[1].finish(), builders[2].finish()});
      for (std::size_t i = 0; i < keys.size(); ++i)
        CHECK(known.try_emplace(keys[i], groups[i]).first->second == groups[i]);
      CHECK(table.size() == known.size());
    }
    const auto order = table.sorted();
    REQUIRE(order.size() == table.size());
    for (std::size_t i = 1; i < order.size(); ++i) {
      auto compared = std::weak_ordering::equivalent;
      for (std::size_t k = 0; k < 3 && compared == 0; ++k)
        compared = compare_values(table.key(order[i - 1], k), table.key(order[i], k));
      CHECK(compared < 0);
    }
  }
}

TEST_CASE("only the rows asked for are looked at, and memory grows with the groups") {
  group_table table(1, seed);
  const auto column = strings({"a", "b", "c", "d"});
  std::vector<std::uint32_t> groups(2);
  const std::vector<std::uint32_t> rows = {1, 3};
  const weir::column* keys[] = {column.get()};
  table.find(keys, rows, groups);
  CHECK(groups == std::vector<std::uint32_t>{0, 1});
  CHECK(table.size() == 2);
  const std::size_t before = table.bytes();
  std::vector<std::string> many;
  for (int i = 0; i < 10000; ++i) many.push_back("a longer text, number " + std::to_string(i));
  groups_of(table, {strings(many)});
  CHECK(table.bytes() > before + 10000 * (16 + 32 + 20));
  CHECK(table.bytes() < before + 10000 * 200);
}

}  // namespace
}  // namespace weir
