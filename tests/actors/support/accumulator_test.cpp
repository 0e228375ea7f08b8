#include "actors/support/accumulator.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "runtime/base/random.hpp"
#include "runtime/data/records.hpp"

namespace weir {
namespace {

constexpr std::int64_t int_most = std::numeric_limits<std::int64_t>::max();

// The column `x` of the records that are written as JSON, one for each value.
column_ptr column_of(const std::vector<std::string>& values) {
  column_builder builder;
  for (const auto& v : values) {
    if (v == "null") {
      builder.append_null();
    } else if (v.starts_with('"')) {
      builder.append_text(v.substr(1, v.size() - 2));
    } else if (v == "true" || v == "false") {
      builder.append_boolean(v == "true");
    } else if (v == "NaN") {
      builder.append_float64(std::numeric_limits<double>::quiet_NaN());
    } else if (v.find_first_of(".e") != std::string::npos) {
      builder.append_float64(std::strtod(v.c_str(), nullptr), v);
    } else {
      builder.append_int64(std::stoll(v));
    }
  }
  return builder.finish();
}

// What a function says of the values, taken in chunks of `at_once`, in group 1 of 2.
std::string aggregated(const char* function, const std::vector<std::string>& values, double q,
                       std::size_t at_once) {
  const auto what = aggregate_function_named(function);
  const auto state = make_accumulator(accumulator_of(what));
  for (std::size_t first = 0; first < values.size(); first += at_once) {
    const std::size_t end = std::min(values.size(), first + at_once);
    const auto column = column_of({values.begin() + static_cast<std::ptrdiff_t>(first),
                                   values.begin() + static_cast<std::ptrdiff_t>(end)});
    std::vector<std::uint32_t> rows(column->size());
    std::iota(rows.begin(), rows.end(), 0);
    const std::vector<std::uint32_t> groups(column->size(), 1);
    state->add(column.get(), rows, groups, 2);
  }
  column_builder out;
  state->append(what, q, 1, out);
  state->append(what, q, 0, out);
  const auto results = out.finish();
  // Group 0 never has a value.
  CHECK((what == aggregate_function::count ? results->at(1).int64 == 0 : results->is_null(1)));
  std::string text;
  append_json(text, results->at(0));
  return text;
}

TEST_CASE("aggregates of a group") {
  struct row {
    const char* name;
    const char* function;
    std::vector<std::string> values;
    const char* expected;
    double q = 0;
  };
  const std::string most = std::to_string(int_most);
  const row rows[] = {
      {"count skips nulls", "count", {"1", "null", "\"a\"", "true"}, "3"},
      {"count of nothing is 0", "count", {"null"}, "0"},
      {"a sum of ints is an int", "sum", {"1", "2", "null", "-5"}, "-2"},
      {"a sum with a double is a double", "sum", {"1", "2.5", "1"}, "4.5"},
      {"a whole sum of doubles is a double", "sum", {"1.5", "1.5"}, "3.0"},
      {"a sum of nothing is null", "sum", {"null", "null"}, "null"},
      {"a sum may pass 64 bits on its way", "sum", {most, most, "-" + most}, most.c_str()},
      {"a sum beyond 64 bits is a double", "sum", {most, "1"}, "9223372036854775808.0"},
      {"small parts of a sum of doubles are kept", "sum", {"1e100", "1.0", "-1e100"}, "1.0"},
      {"ints and doubles cancel without loss",
       "sum",
       {"10000000000000000", "-1e16", "0.5", "1"},
       "1.5"},
      {"a mean is a double", "mean", {"1", "2", "null"}, "1.5"},
      {"a whole mean is a double", "mean", {"1", "3"}, "2.0"},
      {"a mean of ints beyond 64 bits", "mean", {most, most}, "9223372036854775808.0"},
      {"a mean of nothing is null", "mean", {"null"}, "null"},
      {"what is not a number spoils a sum", "sum", {"1.0", "NaN"}, "\"NaN\""},
      {"the least int", "min", {"3", "null", "-1", "2"}, "-1"},
      {"the greatest double", "max", {"3.5", "9.25", "2.0"}, "9.25"},
      {"the least of ints and doubles", "min", {"3", "0.5", "1"}, "0.5"},
      {"of equals an int stands for all", "min", {"2.0", "2"}, "2"},
      {"of equals the first text by its bytes stands for all",
       "max",
       {"0.1", "0.50", "0.5", "0.500"},
       "0.5"},
      {"a number keeps the text it came with", "max", {"0.1", "0.50"}, "0.50"},
      {"a sum is rounded once", "sum", {"1e16", "1.0", "1.0", "-0.5"}, "10000000000000002.0"},
      {"a sum does not overflow on its way", "sum", {"1e308", "1e308", "-1e308", "-1.5"}, "1e+308"},
      {"a sum beyond all doubles is an infinity", "sum", {"1e308", "1e308"}, "\"Infinity\""},
      {"a mean of finite values is finite", "mean", {"1e308", "1e308"}, "1e+308"},
      {"the least text by its bytes",
       "min",
       {"\"b\"", "\"a long text in a buffer\"", "\"ab\""},
       "\"a long text in a buffer\""},
      {"the greatest of all types is a text", "max", {"5", "\"a\"", "true"}, "\"a\""},
      {"the least of all types is a bool", "min", {"5", "\"a\"", "true"}, "true"},
      {"a text gives way to a number", "min", {"\"a long text in a buffer\"", "7"}, "7"},
      {"not a number is above all numbers", "max", {"1e300", "NaN", "5"}, "\"NaN\""},
      {"not a number is no least", "min", {"NaN", "1e300", "NaN"}, "1e300"},
      {"min of nothing is null", "min", {"null"}, "null"},
      {"the least is a quantile", "quantile", {"5", "1", "null", "9.5"}, "1.0", 0.0},
      {"the greatest is a quantile", "quantile", {"5", "1", "9.5"}, "9.5", 1.0},
      {"a quantile of nothing is null", "quantile", {"null"}, "null", 0.5},
  };
  for (const auto& row : rows)
    for (const std::size_t at_once : {1, 2, 100}) {
      CAPTURE(row.name);
      CAPTURE(at_once);
      CHECK(aggregated(row.function, row.values, row.q, at_once) == row.expected);
    }
}

TEST_CASE("a tally without a column counts rows") {
  const auto state = make_accumulator(accumulator_kind::tally);
  const std::vector<std::uint32_t> rows = {0, 3, 4};
  const std::vector<std::uint32_t> groups = {0, 1, 1};
  state->add(nullptr, rows, groups, 3);
  column_builder out;
  for (std::uint32_t group = 0; group < 3; ++group)
    state->append(aggregate_function::count, 0, group, out);
  const auto counts = out.finish();
  CHECK(counts->int64s()[0] == 1);
  CHECK(counts->int64s()[1] == 2);
  CHECK(counts->int64s()[2] == 0);
}

// Values of every kind that the function takes, many of them equal and differently written.
std::vector<std::string> random_values(random_source& random, bool numbers_only) {
  const std::vector<std::string> some = {
      "1",     "1.0", "1e0",  "0.5",    "0.50", "5e-1", "null",   "-0.0", "0.0",  "1e308",
      "1e300", "7",   "-7.0", "1e-320", "NaN",  "1e16", "-1e308", "0.1",  "1e-9", "3e100"};
  const std::vector<std::string> others = {"\"a\"", "true", "\"a text that is not kept inline\""};
  std::vector<std::string> values;
  for (auto left = random.below(200); left > 0; --left) {
    const std::uint32_t what = random.below(numbers_only ? 8 : 10);
    if (what >= 8)
      values.push_back(others[random.below(static_cast<std::uint32_t>(others.size()))]);
    else if (what >= 4 || (what == 3 && random.below(20) > 0))
      values.push_back(fmt::format("{:.3f}", random.fraction() * 2000 - 500));
    else
      values.push_back(some[random.below(static_cast<std::uint32_t>(some.size()))]);
  }
  return values;
}

// What all aggregates say of the values, given in an order and shares of them that `random`
// chooses.
std::string aggregated_in_any_way(std::vector<std::string> values, const char* function,
                                  random_source& random) {
  const auto what = aggregate_function_named(function);
  for (std::size_t i = values.size(); i > 1; --i)
    std::swap(values[i - 1], values[random.below(static_cast<std::uint32_t>(i))]);
  std::vector<std::unique_ptr<accumulator>> states;
  for (std::uint32_t i = 0; i <= random.below(4); ++i)
    states.push_back(make_accumulator(accumulator_of(what)));
  for (auto next = values.begin(); next != values.end();) {
    const auto end = next + std::min<std::ptrdiff_t>(1 + random.below(20), values.end() - next);
    const auto column = column_of({next, end});
    next = end;
    std::vector<std::uint32_t> rows(column->size());
    std::iota(rows.begin(), rows.end(), 0);
    const std::uint32_t at = random.below(static_cast<std::uint32_t>(states.size()));
    // Group `at` of each state is the one looked at.
    const std::vector<std::uint32_t> groups(column->size(), at);
    states[at]->add(column.get(), rows, groups, states.size());
  }
  const auto all = make_accumulator(accumulator_of(what));
  for (std::size_t i = 0; i < states.size(); ++i) {
    std::vector<std::uint32_t> groups(states.size(), 1);
    groups[i] = 0;
    if (random.below(2) == 0) {
      all->merge(*states[i], groups, 2);
      continue;
    }
    const auto none = column_of({});
    states[i]->add(none.get(), {}, {}, states.size());
    std::string saved = "x";
    states[i]->save(static_cast<std::uint32_t>(i), saved);
    saved += "y";
    std::string_view from = std::string_view(saved).substr(1);
    all->load(from, 0, 2);
    CHECK(from == "y");
  }
  column_builder out;
  all->append(what, 0.9, 0, out);
  std::string text;
  append_json(text, out.finish()->at(0));
  return text;
}

TEST_CASE("no order, cut or split of the values changes a bit of a result") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed)
    for (const char* function : {"count", "sum", "mean", "min", "max", "quantile"}) {
      CAPTURE(seed);
      CAPTURE(function);
      random_source random(seed);
      const auto values = random_values(
          random, takes_only_numbers(accumulator_of(aggregate_function_named(function))));
      const auto expected = aggregated_in_any_way(values, function, random);
      for (int round = 0; round < 8; ++round)
        CHECK(aggregated_in_any_way(values, function, random) == expected);
    }
}

TEST_CASE("an accumulator tells the memory it holds") {
  for (const auto kind : {accumulator_kind::tally, accumulator_kind::moments,
                          accumulator_kind::least, accumulator_kind::sketch}) {
    const auto state = make_accumulator(kind);
    CHECK(state->bytes() == 0);
    const auto values = column_of({"1.5"});
    const std::vector<std::uint32_t> one = {0};
    state->add(values.get(), one, one, 1000);
    CHECK(state->bytes() >= 8000);
    CHECK(state->bytes() < 400000);
  }
  const auto least = make_accumulator(accumulator_kind::least);
  const std::vector<std::uint32_t> one = {0};
  const auto text = column_of({"\"" + std::string(5000, 'x') + "\""});
  least->add(text.get(), one, one, 1);
  CHECK(least->bytes() > 5000);
  const auto number = column_of({"\"a\""});
  least->add(number.get(), one, one, 1);
  CHECK(least->bytes() > 5000);  // the text's storage is kept for the next
}

}  // namespace
}  // namespace weir
