// Expressions, on any text. Holds: a text is parsed, or has problems that stand in it; and what was
// parsed gives a record the same value or error alone and in company, however its values are
// stored, and whether they stand in columns or as literals in the expression.

#include <algorithm>

#include "runtime/expression/aggregate_expression.hpp"
#include "runtime/expression/lexer.hpp"
#include "runtime/expression/syntax.hpp"
#include "tests/actors/codecs/reading.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/runtime/expression/told.hpp"

namespace weir::testing {
namespace {

constexpr std::string_view mixed_records =
    R"({"i": 1, "d": 0.5, "s": "abc", "b": true, "m": {"x": 1, "y": [1, "b"]}}
{"i": -7, "d": 1.50, "s": "", "b": false, "m": [1, 2.0, null]}
{}
{"i": 9223372036854775807, "d": -0.0, "s": "a longer text than fits inline", "m": {"x": "abc"}}
{"i": "5", "d": 1e300, "s": "2026-01-01T00:00:00Z", "b": null, "m": [["a"], {"x": "5"}]}
{"i": 0, "d": 12345678901234567890, "s": "Abc \u00e9 b", "b": 3, "m": "x"}
)";
constexpr std::string_view typed_records =
    R"({"i": 1, "d": 0.5, "s": "abc", "b": true, "m": [1, 2, 3], "t": "2026-01-01T12:30:00.5Z"}
{"i": -7, "d": 2, "s": "5", "b": false, "m": {"x": [null, "a"]}, "t": "1969-12-31T23:59:59Z"}
{"i": 500, "s": "a longer text than fits inline"}
)";
// Of one record, as columns and as literals of the same types.
constexpr std::string_view fixed_record = R"({"i": 7, "d": 2.5, "s": "abc", "b": true})";
struct named_literal {
  std::string_view name, text;
};
constexpr named_literal literals[] = {{"i", "7"}, {"d", "2.5"}, {"s", "'abc'"}, {"b", "true"}};

chunk_ptr typed(std::string_view lines) {
  const auto read = read_all(ndjson(), lines,
                             {.declared = {{"i", column_type::int64},
                                           {"d", column_type::float64},
                                           {"s", column_type::string},
                                           {"b", column_type::boolean},
                                           {"m", column_type::json},
                                           {"t", column_type::timestamp}}});
  return read.chunks.front();
}

void check_problems(std::string_view text, const std::vector<expression_problem>& problems) {
  require(!problems.empty(), "neither an expression nor a problem");
  std::size_t last = 0;
  for (const auto& p : problems) {
    require(!p.text.empty() && !p.code.empty(), "a problem without a code or a text");
    require(p.offset >= last, "a problem out of order: " + p.text);
    require(p.length >= 1 && p.offset + p.length <= text.size() + 1,
            "a problem outside of the text: " + p.text);
    last = p.offset;
  }
}

// How deep loops lie in one another.
std::size_t loops(const syntax::node& of) {
  std::size_t inside = 0;
  for (const auto& child : of.children) inside = std::max(inside, loops(*child));
  return inside + (of.kind == syntax::node_kind::comprehension ? 1 : 0);
}

void check_over(const expression& what, const chunk_ptr& over) {
  evaluator together(what);
  const std::string all = all_told(together, *over);
  evaluator stored(what);
  require_same(all_told(stored, *with_cells(over)), all, "values of cells");

  evaluator alone(what);
  std::string values;
  std::string errors;
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t i = 0; i < over->size(); ++i) {
    auto one = slice(over, i, 1);
    if (i % 2 == 1) one = compact(one);
    const auto found = alone.evaluate(*one);
    values += (i > 0 ? "\n" : "") + told(found, *one);
    for (const auto& e : found.errors) errors += "\n" + e.text;
    if (!alone.choose(*one).rows.empty()) chosen.push_back(i);
  }
  require_same(values + errors, all, "values of records alone");
  require(together.choose(*over).rows == chosen, "records chosen alone are others");
}

// The expression with literals in place of columns; it may be none.
std::string with_literals(std::string_view text) {
  std::string out;
  std::size_t copied = 0;
  bool is_member = false;
  for (const auto& t : syntax::lex(text).tokens) {
    const auto* found = std::find_if(std::begin(literals), std::end(literals),
                                     [&](const auto& l) { return l.name == t.text; });
    if (t.kind == syntax::token_kind::name && found != std::end(literals) && !is_member) {
      out += text.substr(copied, t.offset - copied);
      out += found->text;
      copied = t.offset + t.length;
    }
    is_member = t.kind == syntax::token_kind::symbol && t.text == ".";
  }
  return out + std::string(text.substr(copied));
}

void check_literals(const expression& what) {
  const auto folded = expression::parse(with_literals(what.text()));
  if (!folded) return;
  const auto over = typed(fixed_record);
  evaluator columns(what);
  evaluator constants(*folded);
  require_same(told(constants.evaluate(*over), *over), told(columns.evaluate(*over), *over),
               "value of '" + folded->text() + "'");
}

void check(const expression& what) {
  static const auto mixed = chunk_of_json(mixed_records).value();
  static const auto declared = typed(typed_records);
  // The work of loops in loops is the product of their lists.
  if (loops(what.root()) > 3) return;
  check_over(what, mixed);
  check_over(what, declared);
  check_literals(what);
}

}  // namespace

void fuzz_expression(std::string_view bytes) {
  const auto made = expression::parse(bytes);
  if (made) {
    check(*made);
  } else {
    check_problems(bytes, made.error());
  }
  const auto aggregate = aggregate_expression::parse(bytes);
  if (!aggregate) return check_problems(bytes, aggregate.error());
  for (const auto& call : aggregate->calls)
    if (call.argument && loops(call.argument->root()) <= 3) {
      evaluator run(*call.argument);
      run.evaluate(*typed(typed_records));
    }
}

}  // namespace weir::testing
