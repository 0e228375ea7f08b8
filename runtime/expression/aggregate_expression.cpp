#include "runtime/expression/aggregate_expression.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/text.hpp"
#include "runtime/expression/expression_access.hpp"
#include "runtime/expression/parser.hpp"

namespace weir {
namespace {

using syntax::node;
using syntax::node_kind;
using syntax::node_ptr;

bool is_aggregate(const node& n) {
  const auto& names = aggregate_functions();
  return n.kind == node_kind::call && n.function == nullptr &&
         std::find(names.begin(), names.end(), n.name) != names.end();
}

// Takes the calls of aggregate functions out of a tree.
class splitter {
 public:
  explicit splitter(std::shared_ptr<const std::string> text) : text_(std::move(text)) {}

  // The same tree with a column in the place of each call.
  node_ptr split(const node_ptr& n) {
    if (is_aggregate(*n)) return take(*n);
    if (n->kind == node_kind::column) {
      refuse(*n, "outside-aggregate",
             fmt::format("column {} stands outside of an aggregate function; write max({}) or the "
                         "like",
                         quoted(n->name), n->name));
      return n;
    }
    // The arguments of an unknown function are not judged.
    if (n->kind == node_kind::call && n->function == nullptr) return n;
    auto copy = std::make_shared<node>(*n);
    if (n->kind == node_kind::comprehension) variables_.push_back(n->name);
    for (auto& child : copy->children) child = split(child);
    if (n->kind == node_kind::comprehension) variables_.pop_back();
    return copy;
  }

  void refuse(const node& n, std::string code, std::string text) {
    problems.push_back({std::move(code), n.offset, n.length, std::move(text)});
  }

  std::vector<aggregate_call> calls;
  std::vector<expression_problem> problems;

 private:
  node_ptr take(const node& n) {
    aggregate_call call;
    call.function = n.name;
    call.offset = n.offset;
    check_arguments(n, call);
    if (!n.children.empty()) {
      refuse_nested(*n.children.front());
      refuse_variables(*n.children.front());
      call.argument = expression_access::make(text_, n.children.front());
      const auto found = check(*call.argument, known_columns{}).problems;
      problems.insert(problems.end(), found.begin(), found.end());
    }
    auto column = std::make_shared<node>(n);
    column->kind = node_kind::column;
    column->name = fmt::format("#{}", calls.size());
    column->children.clear();
    column->height = 1;
    calls.push_back(std::move(call));
    return column;
  }

  void refuse_nested(const node& n) {
    if (is_aggregate(n))
      refuse(n, "nested-aggregate",
             fmt::format("'{}' stands inside of another aggregate function", n.name));
    for (const auto& child : n.children) refuse_nested(*child);
  }

  // What an aggregate is computed from are records, not the items of a list.
  void refuse_variables(const node& n) {
    if (n.kind == node_kind::variable &&
        std::find(variables_.begin(), variables_.end(), n.name) != variables_.end())
      refuse(n, "nested-aggregate",
             fmt::format("{} is an item of a list; an aggregate function computes with columns",
                         quoted(n.name)));
    for (const auto& child : n.children) refuse_variables(*child);
  }

  void check_arguments(const node& n, aggregate_call& call) {
    const bool is_quantile = n.name == "quantile";
    const std::size_t least = n.name == "count" ? 0 : is_quantile ? 2 : 1;
    const std::size_t most = is_quantile ? 2 : 1;
    if (n.children.size() < least || n.children.size() > most) {
      const std::string_view form = is_quantile         ? "quantile(x, 0.99)"
                                    : n.name == "count" ? "count() or count(x)"
                                                        : "";
      refuse(n, "arguments",
             fmt::format("'{}' takes {} argument{}, found {}; write {}", n.name, most,
                         most == 1 ? "" : "s", n.children.size(),
                         form.empty() ? n.name + "(x)" : std::string(form)));
      return;
    }
    if (!is_quantile) return;
    const auto& q = *n.children[1];
    const bool whole = q.value.kind == value_kind::int64;
    const bool number =
        q.kind == node_kind::literal && (whole || q.value.kind == value_kind::float64);
    const double value = whole ? static_cast<double>(q.value.int64) : q.value.float64;
    if (number && value >= 0 && value <= 1) {
      call.parameters.push_back(value);
    } else {
      refuse(q, "arguments", "the quantile must be a number from 0 to 1, as in quantile(x, 0.99)");
    }
  }

  std::shared_ptr<const std::string> text_;
  std::vector<std::string> variables_;  // of the comprehensions around
};

}  // namespace

const std::vector<std::string>& aggregate_functions() {
  static const std::vector<std::string> names = {"count", "sum", "min", "max", "mean", "quantile"};
  return names;
}

tl::expected<aggregate_expression, std::vector<expression_problem>> aggregate_expression::parse(
    std::string_view text) {
  auto parsed = syntax::parse(text, syntax::vocabulary::functions_and_aggregates);
  if (!parsed.root) return tl::unexpected(std::move(parsed.problems));
  const auto shared = std::make_shared<const std::string>(text);
  splitter parts(shared);
  parts.problems = std::move(parsed.problems);
  aggregate_expression out;
  out.text = text;
  out.outer = expression_access::make(shared, parts.split(parsed.root));
  out.calls = std::move(parts.calls);
  if (out.calls.empty() && parts.problems.empty())
    parts.refuse(*parsed.root, "no-aggregate",
                 fmt::format("an aggregate function is missing; there are {}",
                             one_of(aggregate_functions())));
  const auto found = check(out.outer, known_columns{}).problems;
  parts.problems.insert(parts.problems.end(), found.begin(), found.end());
  std::stable_sort(parts.problems.begin(), parts.problems.end(),
                   [](const auto& a, const auto& b) { return a.offset < b.offset; });
  if (!parts.problems.empty()) return tl::unexpected(std::move(parts.problems));
  return out;
}

}  // namespace weir
