#include "runtime/expression/expression.hpp"

#include <algorithm>

#include "runtime/expression/expression_access.hpp"
#include "runtime/expression/parser.hpp"
#include "runtime/expression/typing.hpp"

namespace weir {
namespace {

using syntax::node;
using syntax::node_kind;

// The key of `n`, a step of a path, if it is written out.
const std::string* step_of(const node& n) {
  if (n.kind == node_kind::select) return &n.name;
  if (n.kind != node_kind::index) return nullptr;
  const node& key = *n.children[1];
  const bool text = key.kind == node_kind::literal && key.value.kind == value_kind::string;
  return text ? &key.value.text : nullptr;
}

// The path that `n` spells, if it is a column with written keys behind it.
std::optional<column_path> path_of(const node& n) {
  if (n.kind == node_kind::column) return column_path{{n.name}};
  const std::string* step = step_of(n);
  if (step == nullptr) return std::nullopt;
  auto path = path_of(*n.children.front());
  if (path) path->steps.push_back(*step);
  return path;
}

void collect(const node& n, std::vector<expression::column_use>& uses) {
  if (auto path = path_of(n)) {
    if (path->steps.size() == 1 && place_kind(path->column())) return;
    const auto same = [&](const expression::column_use& use) { return use.path == *path; };
    if (std::none_of(uses.begin(), uses.end(), same)) uses.push_back({std::move(*path), n.offset});
    return;
  }
  for (const auto& child : n.children) collect(*child, uses);
}

}  // namespace

expression expression_access::make(std::shared_ptr<const std::string> text, syntax::node_ptr root) {
  expression out;
  out.text_ = std::move(text);
  out.root_ = std::move(root);
  collect(*out.root_, out.columns_);
  return out;
}

tl::expected<expression, std::vector<expression_problem>> expression::parse(std::string_view text) {
  auto parsed = syntax::parse(text, syntax::vocabulary::functions);
  if (!parsed.root) return tl::unexpected(std::move(parsed.problems));
  auto made =
      expression_access::make(std::make_shared<const std::string>(text), std::move(parsed.root));
  // Without columns, what is left to find is operators and functions over literals.
  auto problems = check(made, known_columns{}).problems;
  problems.insert(problems.begin(), parsed.problems.begin(), parsed.problems.end());
  std::stable_sort(problems.begin(), problems.end(),
                   [](const auto& x, const auto& y) { return x.offset < y.offset; });
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  return made;
}

}  // namespace weir
