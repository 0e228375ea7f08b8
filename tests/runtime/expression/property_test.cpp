// What holds for every expression over every chunk.

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "runtime/base/random.hpp"
#include "runtime/expression/aggregate_expression.hpp"
#include "tests/runtime/expression/evaluate.hpp"

using namespace weir;
using namespace weir::testing;

namespace {

template <std::size_t Count>
std::string_view pick(random_source& random, const std::string_view (&choices)[Count]) {
  return choices[random.below(Count)];
}

// Values of each column: those that agree in kind, and unless all shall `agree` now and then one
// that does not.
std::string random_record(random_source& random, bool agree) {
  constexpr std::string_view ints[] = {
      "0", "1", "-7", "500", "9007199254740993", "9223372036854775807", "-9223372036854775808"};
  constexpr std::string_view doubles[] = {
      "0.5", "-2.25", "1.50", "1e300", "9007199254740992.0", "-0.0", "12345678901234567890"};
  constexpr std::string_view strings[] = {
      R"("")",  R"("abc")",        R"("a longer text than fits inline")",
      R"("5")", R"("Abc \u00e9")", R"("a longer text than fits within")"};
  constexpr std::string_view nested[] = {R"({"x": 1, "y": [1, "b"]})",
                                         R"({"x": "abc"})",
                                         R"([1, 2.0, null])",
                                         R"({"y": {"z": 0.5}})",
                                         R"(["abc", "", "a longer text than fits inline"])",
                                         R"([[1], {"x": "5"}, -7, 0.5])"};
  constexpr std::string_view odd[] = {"null", "true", "3", "2.5", R"("abc")", R"({"x": 1})"};
  std::string out;
  const auto put = [&](std::string_view name, std::string_view value) {
    if (random.below(8) == 0) return;
    const std::string_view chosen = !agree && random.below(12) == 0 ? pick(random, odd) : value;
    out += std::string(out.empty() ? "{\"" : ", \"") + std::string(name) + "\": ";
    out += chosen;
  };
  put("i", pick(random, ints));
  put("j", pick(random, ints));
  put("d", pick(random, doubles));
  put("s", pick(random, strings));
  put("t", pick(random, strings));
  put("b", random.below(2) == 0 ? "true" : "false");
  put("m", pick(random, nested));
  return out.empty() ? "{}" : out + "}";
}

chunk_ptr random_chunk(random_source& random) {
  std::string lines;
  const std::uint32_t records = 1 + random.below(40);
  const bool agree = random.below(3) > 0;
  for (std::uint32_t i = 0; i < records; ++i) lines += random_record(random, agree) + "\n";
  return chunk_of(lines);
}

std::string random_expression(random_source& random, int depth) {
  constexpr std::string_view leaves[] = {"i",
                                         "j",
                                         "d",
                                         "s",
                                         "t",
                                         "b",
                                         "m",
                                         "m.x",
                                         "m.y",
                                         "m.y[0]",
                                         "null",
                                         "1",
                                         "-7",
                                         "2.5",
                                         "0.0",
                                         "'abc'",
                                         "'5'",
                                         "true",
                                         "false",
                                         "[1, 2]",
                                         "[i, 'abc', d, null]",
                                         "{'x': i, 'y': [s]}",
                                         "x",
                                         "x",
                                         "x.x",
                                         "missing",
                                         "500",
                                         "9007199254740993",
                                         "'a longer text than fits inline'"};
  constexpr std::string_view binaries[] = {
      "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "in"};
  constexpr std::string_view functions[] = {
      "size",      "int",        "double",      "string",        "bool",
      "has",       "timestamp",  "duration",    "uint",          "bytes",
      "type",      "dyn",        "math.abs",    "math.sign",     "math.round",
      "math.sqrt", "math.isNaN", "math.bitNot", "math.greatest", "math.least"};
  constexpr std::string_view methods[] = {"contains", "startsWith", "endsWith",   "matches",
                                          "charAt",   "indexOf",    "split",      "join",
                                          "format",   "substring",  "lastIndexOf"};
  constexpr std::string_view changes[] = {"lowerAscii", "upperAscii", "trim", "size",
                                          "getHours",   "reverse",    "join", "sort"};
  constexpr std::string_view macros[] = {"all", "exists", "exists_one", "filter", "map"};
  if (depth == 0 || random.below(6) == 0) return std::string(pick(random, leaves));
  const auto part = [&] { return random_expression(random, depth - 1); };
  switch (random.below(13)) {
    case 0:
      return "!(" + part() + ")";
    case 1:
      return "-(" + part() + ")";
    case 2:
      return "(" + part() + ") ? (" + part() + ") : (" + part() + ")";
    case 3: {
      const std::string name(pick(random, functions));
      return name + "(" + (name == "has" ? "m.x" : part()) + ")";
    }
    case 4:
      return "(" + part() + ")." + std::string(pick(random, methods)) + "(" + part() + ")";
    case 5:
      return "(" + part() + ")." + std::string(pick(random, changes)) + "()";
    case 6:
      return "(" + part() + ") in [" + part() + ", 1, " + part() + "]";
    case 7:
      return "(" + part() + ")." + std::string(pick(random, macros)) + "(x, " + part() + ")";
    case 8:
      return "(" + part() + ").map(x, " + part() + ", " + part() + ")";
    case 10:
    case 11: {
      // The same part over different records.
      const std::string twice = "(" + part() + ")";
      return "(" + part() + " ? " + twice + " : " + part() + ") " +
             std::string(pick(random, binaries)) + " " + twice;
    }
    case 9:
      return "math.greatest(" + part() + ", " + part() + ")";
    default:
      return "(" + part() + ") " + std::string(pick(random, binaries)) + " (" + part() + ")";
  }
}

// A random expression that parses: one whose literals go together.
expression random_parsed(random_source& random) {
  for (;;) {
    auto made = expression::parse(random_expression(random, 3));
    if (made) return *made;
  }
}

// Calls `holds` with random chunks and expressions.
template <class Holds>
bool holds_for_all(Holds holds) {
  return rc::check([&](std::uint64_t seed) {
    random_source random(seed);
    const auto over = random_chunk(random);
    for (int i = 0; i < 10; ++i) {
      const auto what = random_parsed(random);
      RC_LOG() << what.text() << '\n';
      holds(random, over, what);
    }
  });
}

std::string text_of(random_source& random) {
  constexpr std::string_view pieces[] = {"a",
                                         "b.c",
                                         "1",
                                         "0x",
                                         "1e",
                                         "'",
                                         "\"",
                                         "\"\"\"",
                                         "'''",
                                         "\\",
                                         "\\u00",
                                         "`",
                                         "(",
                                         ")",
                                         "[",
                                         "]",
                                         "{",
                                         "}",
                                         "?",
                                         ":",
                                         "&&",
                                         "||",
                                         "|",
                                         "&",
                                         "=",
                                         "==",
                                         "!",
                                         "-",
                                         "+",
                                         "*",
                                         "/",
                                         "%",
                                         ".",
                                         ",",
                                         " in ",
                                         " not ",
                                         "r'",
                                         "b\"",
                                         "//",
                                         "\n",
                                         "\xff",
                                         "\xc3\xa9",
                                         "\0",
                                         "size(",
                                         ".matches('",
                                         "has(",
                                         "true",
                                         "null",
                                         "9223372036854775808",
                                         "u",
                                         ".all(x,",
                                         ".map(",
                                         "math.abs(",
                                         "{'a':",
                                         "[1].filter(x,",
                                         " and ",
                                         " or ",
                                         "sum(",
                                         "count()",
                                         "quantile(",
                                         "timestamp('"};
  std::string out;
  const std::uint32_t count = random.below(30);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (random.below(10) == 0) {
      out += static_cast<char>(random.below(256));
    } else {
      out += pick(random, pieces);
    }
  }
  return out;
}

void check_problems(std::string_view text, const std::vector<expression_problem>& problems) {
  RC_ASSERT(!problems.empty());
  std::size_t last = 0;
  for (const auto& p : problems) {
    RC_ASSERT(p.offset >= last);
    RC_ASSERT(p.offset <= text.size());
    RC_ASSERT(p.length >= 1U);
    RC_ASSERT(p.offset + p.length <= text.size() + 1);
    RC_ASSERT(!p.text.empty());
    RC_ASSERT(!p.code.empty());
    last = p.offset;
  }
}

}  // namespace

TEST_CASE("a record has the same value alone and in company") {
  CHECK(holds_for_all([](random_source& random, const chunk_ptr& over, const expression& what) {
    evaluator run(what);
    const auto whole = run.evaluate(*over);
    for (const std::uint32_t size : {1U, 2U, 7U}) {
      std::string pieces;
      std::vector<std::string> errors;
      for (std::uint32_t first = 0; first < over->size(); first += size) {
        // A piece is a selection of the whole, or columns of its own.
        auto piece = slice(over, first, std::min(size, over->size() - first));
        if (random.below(2) == 0) piece = compact(piece);
        const auto found = run.evaluate(*piece);
        if (!pieces.empty()) pieces += '\n';
        pieces += told(found, *piece);
        for (const auto& e : found.errors) errors.push_back(e.text);
      }
      RC_ASSERT(pieces == told(whole, *over));
      RC_ASSERT(errors.size() == whole.errors.size());
      for (std::size_t i = 0; i < errors.size(); ++i) RC_ASSERT(errors[i] == whole.errors[i].text);
    }
  }));
}

TEST_CASE("how values are stored does not change what becomes of them") {
  CHECK(holds_for_all([](random_source&, const chunk_ptr& over, const expression& what) {
    evaluator dense(what);
    evaluator tagged(what);
    RC_ASSERT(all_told(dense, *over) == all_told(tagged, *with_cells(over)));
  }));
}

TEST_CASE("the chosen records are those whose value is true") {
  CHECK(holds_for_all([](random_source&, const chunk_ptr& over, const expression& what) {
    evaluator run(what);
    const auto values = run.evaluate(*over).values;
    std::vector<std::uint32_t> wanted;
    over->each_row([&](std::uint32_t row) {
      const auto value = values->at(row);
      if (value.kind == value_kind::boolean && value.boolean) wanted.push_back(row);
    });
    RC_ASSERT(run.choose(*over).rows == wanted);
  }));
}

TEST_CASE("no text crashes the parser, and each problem lies inside of the text") {
  CHECK(rc::check([](std::uint64_t seed) {
    random_source random(seed);
    for (int i = 0; i < 50; ++i) {
      const std::string text = text_of(random);
      const auto made = expression::parse(text);
      if (made) {
        evaluator run(*made);
        run.evaluate(*chunk_of(R"({"a": 1, "b": {"c": "x"}})"));
      } else {
        check_problems(text, made.error());
      }
      const auto aggregate = aggregate_expression::parse(text);
      if (!aggregate) check_problems(text, aggregate.error());
    }
  }));
}
