#include "runtime/expression/compile.hpp"

#include <algorithm>
#include <list>
#include <map>

#include "runtime/expression/apply.hpp"
#include "runtime/expression/kernels_comprehension.hpp"
#include "runtime/expression/kernels_lazy.hpp"
#include "runtime/expression/node_numbers.hpp"
#include "runtime/expression/typing.hpp"

namespace weir {
namespace {

using syntax::node;
using syntax::node_kind;
using syntax::operation;

class constant_kernel final : public kernel {
 public:
  explicit constant_kernel(series value) : value_(std::move(value)) {}
  series run(batch&, const row_set&) override { return value_; }
  const series* constant() const override { return &value_; }
  bool costly() const override { return false; }

 private:
  series value_;
};

class column_kernel final : public kernel {
 public:
  explicit column_kernel(std::size_t index) : index_(index) {}
  series run(batch& over, const row_set&) override { return over.column(index_); }
  bool costly() const override { return false; }

 private:
  std::size_t index_;
};

// What a comprehension calls its item.
class variable_kernel final : public kernel {
 public:
  explicit variable_kernel(std::size_t level) : level_(level) {}
  series run(batch& over, const row_set&) override { return over.variable(level_); }
  bool costly() const override { return false; }

 private:
  std::size_t level_;
};

// `_file`, `_offset`, `_line`; null for records that were made, not read.
class place_kernel final : public kernel {
 public:
  explicit place_kernel(std::string_view name) : name_(name) {}
  series run(batch& over, const row_set& rows) override {
    series_writer out(rows);
    rows.each([&](std::uint32_t row) {
      const auto place = over.place(row);
      if (!place) return out.null(row);
      if (name_ == "_line") return out.int64(row, static_cast<std::int64_t>(place->line));
      if (name_ == "_offset") return out.int64(row, static_cast<std::int64_t>(place->offset));
      out.text(row, place->input->text);
    });
    return out.finish();
  }

 private:
  std::string name_;
};

// Whatever computes all its operands first.
class apply_kernel final : public kernel {
 public:
  apply_kernel(apply function, std::vector<kernel_ptr> from, bool costly)
      : function_(std::move(function)), from_(std::move(from)), costly_(costly) {}

  series run(batch& over, const row_set& rows) override {
    std::vector<series> values;
    values.reserve(from_.size());
    for (const auto& k : from_) values.push_back(k->run(over, rows));
    std::vector<const series*> pointers;
    for (const auto& v : values) pointers.push_back(&v);
    return function_(pointers, rows);
  }
  bool costly() const override {
    return costly_ ||
           std::any_of(from_.begin(), from_.end(), [](const auto& k) { return k->costly(); });
  }

 private:
  apply function_;
  std::vector<kernel_ptr> from_;
  bool costly_;
};

struct compiled {
  kernel_ptr run;
  static_kind kind;
};

class compiler {
 public:
  compiler(const node& root, const schema& columns) : columns_(columns), numbers_(root) {}

  // What stands in several places and is worth it is computed once.
  compiled of(const node& n) {
    const std::uint32_t number = numbers_.of(n);
    if (const auto known = shared_.find(number); known != shared_.end())
      return {std::make_unique<shared_kernel>(known->second.run, number), known->second.kind};
    compiled made = alone(n);
    if (numbers_.is_fixed(number) && made.run->constant() == nullptr)
      made.run = folded(std::move(made.run));
    if (numbers_.uses(number) < 2 || !made.run->costly() || made.run->constant() != nullptr)
      return made;
    shared_[number] = {std::move(made.run), made.kind};
    return {std::make_unique<shared_kernel>(shared_[number].run, number), made.kind};
  }

 private:
  compiled alone(const node& n) {
    switch (n.kind) {
      case node_kind::literal:
        return {literal(n.value), n.value.kind};
      case node_kind::column:
        return column(n);
      case node_kind::variable:
        return {std::make_unique<variable_kernel>(level_of(n.name)), std::nullopt};
      case node_kind::select:
      case node_kind::index:
        return path(n);
      case node_kind::comprehension:
        return comprehension(n);
      case node_kind::call:
        if (n.function != nullptr && n.function->id == function_id::format) return format(n);
        break;
      case node_kind::binary:
        if (n.op == operation::in && n.children[1]->kind == node_kind::list) return in_list(n);
        break;
      default:
        break;
    }
    std::vector<kernel_ptr> from;
    std::vector<static_kind> kinds;
    for (const auto& child : n.children) {
      auto made = of(*child);
      from.push_back(std::move(made.run));
      kinds.push_back(made.kind);
    }
    const static_kind kind = type_of(n, kinds).kind;
    return {join(n, std::move(from), kinds), kind};
  }

  static kernel_ptr literal(const syntax::literal& value) {
    value_view view;
    view.kind = value.kind;
    view.text = value.text;
    switch (value.kind) {
      case value_kind::boolean:
        view.boolean = value.boolean;
        break;
      case value_kind::float64:
        view.float64 = value.float64;
        break;
      default:
        view.int64 = value.int64;
    }
    return std::make_unique<constant_kernel>(constant_of(view));
  }

  compiled column(const node& n) const {
    if (const auto kind = place_kind(n.name)) return {std::make_unique<place_kernel>(n.name), kind};
    const auto index = columns_.find(n.name);
    if (!index) return {std::make_unique<constant_kernel>(constant_of({})), std::nullopt};
    const column_type type = columns_[*index].type;
    static_kind kind;
    if (type != column_type::dynamic) kind = kind_of(type);
    return {std::make_unique<column_kernel>(*index), kind};
  }

  // Names of nested comprehensions hide each other as they do for the parser.
  std::size_t level_of(const std::string& variable) const {
    const auto nearest = std::find(variables_.rbegin(), variables_.rend(), variable);
    return static_cast<std::size_t>(variables_.rend() - nearest);
  }

  compiled comprehension(const node& n) {
    kernel_ptr list = of(*n.children[0]).run;
    variables_.push_back(n.name);
    kernel_ptr condition = has_condition(n) ? of(*n.children[1]).run : nullptr;
    kernel_ptr value = n.loop == syntax::macro::map ? of(*n.children.back()).run : nullptr;
    variables_.pop_back();
    const bool gives_list = n.loop == syntax::macro::map || n.loop == syntax::macro::filter;
    return {std::make_unique<comprehension_kernel>(n.loop, std::move(list), std::move(condition),
                                                   std::move(value)),
            gives_list ? value_kind::json : value_kind::boolean};
  }

  // The items of a list that is written out keep their types: they are operands.
  compiled format(const node& n) {
    const node& list = *n.children[1];
    std::vector<kernel_ptr> from;
    from.push_back(of(*n.children[0]).run);
    const bool written = list.kind == node_kind::list;
    if (written) {
      for (const auto& item : list.children) from.push_back(of(*item).run);
    } else {
      from.push_back(of(list).run);
    }
    return {applied(format_function(*n.function, written), std::move(from), true),
            value_kind::string};
  }

  static std::optional<json_step> written_step(const node& n) {
    if (n.kind == node_kind::select) return json_step{n.name, std::nullopt};
    if (n.kind != node_kind::index || n.children[1]->kind != node_kind::literal)
      return std::nullopt;
    const auto& key = n.children[1]->value;
    if (key.kind == value_kind::string) return json_step{key.text, std::nullopt};
    if (key.kind == value_kind::int64) return json_step{{}, key.int64};
    return std::nullopt;
  }

  compiled path(const node& n) {
    std::vector<json_step> steps;
    const node* at = &n;
    for (auto step = written_step(*at); step; step = written_step(*at)) {
      steps.push_back(std::move(*step));
      at = at->children[0].get();
    }
    if (steps.empty()) {
      std::vector<kernel_ptr> from;
      from.push_back(of(*n.children[0]).run);
      from.push_back(of(*n.children[1]).run);
      return {
          applied([](operands o, const row_set& rows) { return element_of(*o[0], *o[1], rows); },
                  std::move(from), true),
          std::nullopt};
    }
    std::reverse(steps.begin(), steps.end());
    auto from = of(*at).run;
    return {std::make_unique<path_kernel>(std::move(from), std::move(steps)), std::nullopt};
  }

  compiled in_list(const node& n) {
    std::vector<kernel_ptr> from;
    from.push_back(of(*n.children[0]).run);
    std::vector<const series*> fixed;
    for (const auto& item : n.children[1]->children) {
      from.push_back(of(*item).run);
      if (const series* value = from.back()->constant()) fixed.push_back(value);
    }
    if (fixed.size() + 1 < from.size())
      return {applied([](operands o, const row_set& rows) { return one_of(o, rows); },
                      std::move(from), true),
              value_kind::boolean};
    apply look_up = membership(fixed);
    from.resize(1);
    return {applied(std::move(look_up), std::move(from), true), value_kind::boolean};
  }

  kernel_ptr join(const node& n, std::vector<kernel_ptr> from, std::span<const static_kind> kinds) {
    switch (n.kind) {
      case node_kind::unary:
        if (n.op == operation::negate)
          return applied([](operands o, const row_set& rows) { return negated(*o[0], rows); },
                         std::move(from), false);
        return applied([](operands o, const row_set& rows) { return logical_not(*o[0], rows); },
                       std::move(from), false);
      case node_kind::conditional:
        return std::make_unique<conditional_kernel>(std::move(from[0]), std::move(from[1]),
                                                    std::move(from[2]));
      case node_kind::list:
        return applied([](operands o, const row_set& rows) { return list_of(o, rows); },
                       std::move(from), true);
      case node_kind::map:
        return applied([](operands o, const row_set& rows) { return map_of(o, rows); },
                       std::move(from), true);
      case node_kind::call:
        return call(*n.function, std::move(from));
      default:
        return binary(n.op, std::move(from), kinds);
    }
  }

  kernel_ptr binary(operation op, std::vector<kernel_ptr> from,
                    std::span<const static_kind> kinds) {
    switch (op) {
      case operation::logical_and:
      case operation::logical_or:
        return std::make_unique<logical_kernel>(op, std::move(from[0]), std::move(from[1]));
      case operation::equal:
      case operation::not_equal:
        return applied(
            [op](operands o, const row_set& rows) { return equal(op, *o[0], *o[1], rows); },
            std::move(from), false);
      case operation::less:
      case operation::less_equal:
      case operation::greater:
      case operation::greater_equal:
        return applied(
            [op](operands o, const row_set& rows) { return ordered(op, *o[0], *o[1], rows); },
            std::move(from), false);
      case operation::in:
        return applied(
            [](operands o, const row_set& rows) { return member_of(*o[0], *o[1], rows); },
            std::move(from), true);
      default: {
        const bool whole = kinds[0] == value_kind::int64 && kinds[1] == value_kind::int64;
        const division divides = whole ? division::whole : division::fraction;
        return applied(
            [op, divides](operands o, const row_set& rows) {
              return arithmetic(op, divides, *o[0], *o[1], rows);
            },
            std::move(from), false);
      }
    }
  }

  kernel_ptr call(const function_entry& entry, std::vector<kernel_ptr> from) {
    std::vector<const series*> constants;
    for (const auto& k : from) constants.push_back(k->constant());
    const bool costly = entry.family != function_family::presence;
    return applied(function_of(entry, constants), std::move(from), costly);
  }

  static apply function_of(const function_entry& entry, operands constants) {
    switch (entry.family) {
      case function_family::presence:
        return [](operands o, const row_set& rows) { return has_value(*o[0], rows); };
      case function_family::text:
        return text_function(entry, constants);
      case function_family::edit:
        return edit_function(entry);
      case function_family::list:
        return list_function(entry);
      case function_family::conversion:
        return conversion(entry);
      case function_family::time:
        return time_function(entry, constants);
      case function_family::math:
        return math_function(entry);
    }
    return {};
  }

  // The value of a kernel that reads no record. An error is left to the records: it may never be
  // asked for.
  kernel_ptr folded(kernel_ptr from) const {
    constexpr std::uint32_t no_row = 0;
    // Comprehensions number the batches around them.
    const chunk_ptr nothing = empty_chunk();
    std::list<batch> levels;
    levels.emplace_back(*nothing);
    for (std::size_t i = 0; i < variables_.size(); ++i)
      levels.emplace_back(levels.back(), std::span(&no_row, 1), series());
    const series value = from->run(levels.back(), row_set(1));
    if (!value.errors.empty()) return from;
    return std::make_unique<constant_kernel>(constant_of(value.at(0)));
  }

  static kernel_ptr applied(apply function, std::vector<kernel_ptr> from, bool costly) {
    return std::make_unique<apply_kernel>(std::move(function), std::move(from), costly);
  }

  struct shared_part {
    std::shared_ptr<kernel> run;
    static_kind kind;
  };
  const schema& columns_;
  node_numbers numbers_;
  std::map<std::uint32_t, shared_part> shared_;
  std::vector<std::string> variables_;  // of the comprehensions around
};

}  // namespace

kernel_ptr compile(const node& root, const schema& columns) {
  return compiler(root, columns).of(root).run;
}

}  // namespace weir
