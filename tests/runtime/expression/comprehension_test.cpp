#include <doctest/doctest.h>
#include <fmt/format.h>

#include <future>
#include <stop_token>

#include "runtime/expression/aggregate_expression.hpp"
#include "runtime/expression/kernels_comprehension.hpp"
#include "tests/runtime/expression/evaluate.hpp"

using namespace weir;
using namespace weir::testing;

TEST_CASE("macros go through the items of lists and the keys of maps") {
  const auto over = chunk_of(
      R"({"l": [1, 2.5, 3], "s": ["abc", "", "a longer text than fits inline"], "e": [], )"
      R"("m": {"a": 1, "b": 2}, "o": [{"k": 1, "t": ["x"]}, {"k": 2, "t": []}], "n": 2, "z": null,)"
      R"( "i": 7, "odd": [1, null, "x"]})");
  const text_value rows[] = {
      {"l.all(x, x > 0)", "true"},
      {"l.all(x, x > 1)", "false"},
      {"e.all(x, x > 1)", "true"},
      {"l.exists(x, x == 2.5)", "true"},
      {"l.exists(x, x > 3)", "false"},
      {"e.exists(x, true)", "false"},
      {"l.exists_one(x, x > 2.5)", "true"},
      {"l.exists_one(x, x > 1)", "false"},
      {"e.exists_one(x, true)", "false"},
      {"l.filter(x, x != 2.5)", "[1,3]"},
      {"e.filter(x, true)", "[]"},
      {"s.filter(x, x != '')", "[\"abc\",\"a longer text than fits inline\"]"},
      {"l.map(x, x * 2)", "[2,5.0,6]"},
      {"l.map(x, x > n, x + 1)", "[3.5,4]"},
      {"l.map(x, {'v': x, 'n': n})[1]", "{\"v\":2.5,\"n\":2}"},
      {"s.map(x, size(x))", "[3,0,30]"},
      {"s.map(x, x)[2]", "string \"a longer text than fits inline\""},
      {"m.all(k, m[k] > 0)", "true"},
      {"m.map(k, k + '!')", "[\"a!\",\"b!\"]"},
      {"m.exists(k, k == 'b')", "true"},
      {"o.map(x, x.k)", "[1,2]"},
      {"o.filter(x, size(x.t) > 0).map(x, x.k)", "[1]"},
      {"o.exists(x, x.t.exists(y, y == 'x' && x.k == 1 && n == 2))", "true"},
      {"o.map(x, x.t.map(y, y + string(x.k)))", "[[\"x1\"],[]]"},
      // The inner name hides the outer one, and each hides a column.
      {"l.map(x, [10].map(x, x + 1)[0] + x)", "[12,13.5,14]"},
      {"l.map(n, n)", "[1,2.5,3]"},
      {"l.map(n, .n)", "[2,2,2]"},
      {"[1, n].map(x, x * 10)", "[10,20]"},
      {"odd.map(x, x)", "[1,null,\"x\"]"},
      {"odd.map(x, type(x))", "[\"int\",\"null_type\",\"string\"]"},
      {"z.all(x, x > 1)", "null"},
      {"missing.map(x, x)", "null"},
      {"i.all(x, x > 1)", "type-mismatch"},
      {"has(o[0].k) && o.all(x, has(x.k))", "true"},
      {"o.all(x, has(x.missing))", "false"},
      {"l.filter(x, x in [1, 3]) == [1.0, 3.0]", "true"},
  };
  check_values(*over, rows);
}

TEST_CASE("an item that decides does so whatever comes of the others") {
  const auto over = chunk_of(R"({"l": [1, "x", 3], "n": [null, 1, 3], "z": 0})");
  const text_value rows[] = {
      {"l.all(x, x > 2)", "false"},
      {"l.all(x, x > 0)", "type-mismatch"},
      {"l.exists(x, x > 2)", "true"},
      {"l.exists(x, x > 3)", "type-mismatch"},
      {"l.exists_one(x, x > 2)", "type-mismatch"},
      {"l.filter(x, x > 2)", "type-mismatch"},
      {"l.map(x, x > 2)", "type-mismatch"},
      {"l.map(x, x != 'x', x * 2)", "[2,6]"},
      {"l.all(x, x)", "type-mismatch"},
      {"n.all(x, x > 2)", "false"},
      {"n.all(x, x > 0)", "null"},
      {"n.exists(x, x > 2)", "true"},
      {"n.exists(x, x > 3)", "null"},
      {"n.exists_one(x, x > 2)", "true"},
      {"n.filter(x, x > 0)", "[1,3]"},
      {"n.map(x, x + 1)", "[null,2,4]"},
      {"l.map(x, x != 'x', int(x) / int(z))", "division-by-zero"},
  };
  check_values(*over, rows);
}

TEST_CASE("each record keeps its own items, whatever the others hold") {
  const auto over = chunk_of(
      "{\"l\": [1, 2], \"n\": 1}\n{\"l\": []}\n{\"l\": 5}\n{\"n\": 3}\n"
      "{\"l\": [\"a\"], \"n\": 2}\n{\"l\": {\"k\": 1}, \"n\": \"k\"}");
  CHECK(evaluated_over("l.map(x, x == n)", *over) ==
        "[true,false]\n[]\ntype-mismatch\nnull\n[false]\n[true]");
  CHECK(evaluated_over("l.exists(x, x == n)", *over) ==
        "true\nfalse\ntype-mismatch\nnull\nfalse\ntrue");
  const auto some = select(over, {0, 4});
  CHECK(evaluated_over("l.map(x, [x, n])", *some) == "[[1,1],[2,1]]\n[[\"a\",2]]");
}

TEST_CASE("lists longer than what is looked at at once are one list") {
  constexpr std::size_t at_once = comprehension_kernel::items_at_once;
  std::string lines;
  std::vector<std::size_t> sizes = {at_once - 1, at_once, at_once + 1, 3, 2 * at_once + 7, 0, 1};
  for (const auto size : sizes) {
    std::string list;
    for (std::size_t i = 1; i <= size; ++i) list += (i > 1 ? "," : "") + std::to_string(i);
    lines += fmt::format("{{\"l\": [{}], \"size\": {}}}\n", list, size);
  }
  const auto over = chunk_of(lines);
  const auto all = [&](std::string_view text) {
    CAPTURE(text);
    const auto told = evaluated_over(text, *over);
    CHECK(told == "true\ntrue\ntrue\ntrue\ntrue\ntrue\ntrue");
  };
  all("size(l.map(x, x)) == size");
  all("l.map(x, x) == l");
  all("l.filter(x, x > 3).all(x, x > 3)");
  all("size == 0 || l.exists(x, x == size)");
  all("l.exists_one(x, x == 1) == (size > 0)");
  all("l.all(x, x <= size)");
}

TEST_CASE("an aggregate function may stand in a macro, but not take its items") {
  const auto made = aggregate_expression::parse("[1, 2].exists(x, x == max(status))");
  REQUIRE(made);
  CHECK(made->calls.size() == 1);
  const auto refused = aggregate_expression::parse("[1, 2].exists(x, max(x) == 1)");
  REQUIRE(!refused);
  CHECK(refused.error()[0].text ==
        "'x' is an item of a list; an aggregate function computes with columns");
  CHECK(aggregate_expression::parse("sum(size(tags.filter(t, t != '')))"));
}

TEST_CASE("lists are counted out, cut and ordered") {
  const auto over = chunk_of(
      R"({"l": [3, 1.50, 2], "s": ["b", "a", ""], "e": [], "m": {"a": 1}, "n": 2, "odd": [1, "a"],)"
      R"( "deep": [[1], [2]], "z": null})");
  const text_value rows[] = {
      {"lists.range(3)", "[0,1,2]"},
      {"lists.range(0)", "[]"},
      {"lists.range(n)", "[0,1]"},
      {"lists.range(-1)", "out-of-range"},
      {"size(lists.range(10000))", "int 10000"},
      {"lists.range(10001)", "out-of-range"},
      {"lists.range(4).filter(i, i % 2 == 0).map(i, s[i])", "[\"b\",\"\"]"},
      {"l.slice(1, 3)", "[1.50,2]"},
      {"l.slice(3, 3)", "[]"},
      {"l.slice(0, 4)", "out-of-range"},
      {"l.slice(2, 1)", "out-of-range"},
      {"l.slice(-1, 1)", "out-of-range"},
      {"m.slice(0, 1)", "type-mismatch"},
      {"deep.slice(1, 2)", "[[2]]"},
      {"l.sort()", "[1.50,2,3]"},
      {"s.sort()", "[\"\",\"a\",\"b\"]"},
      {"[true, false].sort()", "[false,true]"},
      {"e.sort()", "[]"},
      {"odd.sort()", "type-mismatch"},
      {"deep.sort()", "type-mismatch"},
      {"[1, null].sort()", "type-mismatch"},
      {"z.sort()", "null"},
      {"n.sort()", "type-mismatch"},
  };
  check_values(*over, rows);
}

// The work of years, cut short: else this would not end.
TEST_CASE("lists in lists are left when the run is aborted, before a look at them or amid") {
  std::string list = "[0";
  for (int i = 1; i < 5'000; ++i) list += "," + std::to_string(i);
  const auto over = chunk_of("{\"l\": " + list + "]}");
  for (const char* text :
       {"l.all(a, l.all(b, l.all(c, l.all(d, a + b + c + d >= 0))))",
        "l.map(a, l.filter(b, l.exists_one(c, l.exists(d, a + b + c + d < 0))))"}) {
    CAPTURE(text);
    evaluator run(parsed(text));
    std::stop_source aborting;
    run.stop_by(aborting.get_token());
    auto other = std::async(std::launch::async, [&] { return run.evaluate(*over); });
    aborting.request_stop();
    CHECK(other.get().values->size() == 1);
    CHECK(run.choose(*over).rows.empty());
  }
}
