#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "runtime/data/chunk.hpp"
#include "runtime/expression/scalar.hpp"
#include "runtime/expression/series.hpp"
#include "runtime/expression/syntax.hpp"

namespace weir {

/// Rows under evaluation: those of a chunk, or the items of lists that rows of another batch hold.
/// Columns that several kernels read become series once.
class batch {
 public:
  /// `aborted`: asked now and then by what may take long; what it gives then does not count.
  explicit batch(const chunk& over, const std::stop_token& aborted = never_aborted())
      : over_(over), aborted_(aborted), loaded_(over.columns().size()) {}
  /// One row an item: `parents` are the rows of `outer` that the items belong to.
  batch(batch& outer, std::span<const std::uint32_t> parents, series items)
      : over_(outer.over_),
        aborted_(outer.aborted_),
        outer_(&outer),
        parents_(parents),
        level_(outer.level_ + 1),
        items_(std::move(items)),
        loaded_(outer.loaded_.size()),
        variables_(outer.level_) {}
  batch(const batch&) = delete;
  batch& operator=(const batch&) = delete;

  const series& column(std::size_t index) {
    auto& slot = loaded_[index];
    if (!slot)
      slot = outer_ == nullptr ? series_of(over_.columns()[index])
                               : gathered(outer_->column(index), parents_);
    return *slot;
  }
  bool aborted() const { return aborted_.stop_requested(); }
  const series& items() const { return items_; }
  /// The items at `level`: 1 is the outermost comprehension.
  const series& variable(std::size_t level) {
    if (level == level_) return items_;
    auto& slot = variables_[level - 1];
    if (!slot) slot = gathered(outer_->variable(level), parents_);
    return *slot;
  }
  /// What a part of the expression that stands there more than once came to, by its number.
  struct kept_series {
    series values;
    row_set rows;
  };
  std::optional<kept_series>& kept(std::size_t number) {
    if (number >= kept_.size()) kept_.resize(number + 1);
    return kept_[number];
  }
  std::optional<record_place> place(std::uint32_t row) const {
    return outer_ == nullptr ? over_.place(row) : outer_->place(parents_[row]);
  }

 private:
  static const std::stop_token& never_aborted() {
    static const std::stop_token never;
    return never;
  }

  const chunk& over_;
  const std::stop_token& aborted_;
  batch* outer_ = nullptr;
  std::span<const std::uint32_t> parents_;
  std::size_t level_ = 0;
  series items_;
  std::vector<std::optional<series>> loaded_;
  std::vector<std::optional<series>> variables_;  // those of the levels around
  std::vector<std::optional<kept_series>> kept_;
};

/// One operator or function of an expression, ready to run over chunks of one schema.
///
/// Which loop runs is chosen once a chunk, by the storage that its columns happen to have.
class kernel {
 public:
  virtual ~kernel() = default;
  /// Computes the values of `rows`; other rows of the result are unspecified.
  virtual series run(batch& over, const row_set& rows) = 0;
  /// The value, where it is the same for every record of every chunk.
  virtual const series* constant() const { return nullptr; }
  /// Whether a row costs much more than a comparison of numbers, so that rows are worth sparing.
  virtual bool costly() const { return true; }
};

using kernel_ptr = std::unique_ptr<kernel>;
using operands = std::span<const series* const>;

// What runs over whole series. Each takes the operands' values, states and errors into account.

series arithmetic(syntax::operation op, division divides, const series& a, const series& b,
                  const row_set& rows);
series negated(const series& a, const row_set& rows);
/// Op is one of `< <= > >=`.
series ordered(syntax::operation op, const series& a, const series& b, const row_set& rows);
/// Op is `==` or `!=`.
series equal(syntax::operation op, const series& a, const series& b, const row_set& rows);
/// Whether at least one side has cells and both hold no values but numbers.
bool are_mixed_numbers(const series& a, const series& b, const row_set& rows);
/// Fills `out` with `a op b`, for op a comparison of what `are_mixed_numbers`.
void compare_mixed_numbers(syntax::operation op, const series& a, const series& b,
                           const row_set& rows, std::uint8_t* out);
/// Op is one of `+ - *`, or `/` of fractions.
series compute_mixed_numbers(syntax::operation op, const series& a, const series& b,
                             const row_set& rows);
series logical_not(const series& a, const row_set& rows);
/// Op is `&&` or `||`, on rows for which both were computed.
series logical(syntax::operation op, const series& a, const series& b, const row_set& rows);
/// `a` as booleans: what is none is an error of its row.
series as_condition(std::string_view op, const series& a, const row_set& rows);
/// The same for a whole expression, whose text the message gives.
series as_whole_condition(std::string_view text, const series& a, const row_set& rows);
series has_value(const series& a, const row_set& rows);
series list_of(operands items, const row_set& rows);
/// The map of keys and values in turns.
series map_of(operands entries, const row_set& rows);
/// `value in list` where `list` is json.
series member_of(const series& value, const series& list, const row_set& rows);
/// `value in [a, b]`.
series one_of(operands value_and_items, const row_set& rows);
series element_of(const series& target, const series& key, const row_set& rows);

/// Where rows differ in whether they are computed: the rows of `from` whose byte in `chosen` is not
/// zero.
row_set narrowed(const row_set& from, const std::uint8_t* chosen);

/// The way of what has no loop of its own: calls `compute(writer, row, values)` for each row whose
/// operands all have values, and gives null or the error of an operand to the others.
template <class Compute>
series each_row(operands of, const row_set& rows, Compute compute) {
  series_writer out(rows);
  std::vector<value_view> values(of.size());
  // Most series have a value in each row: then nobody has to ask.
  bool may_lack = false;
  for (std::size_t i = 0; i < of.size(); ++i) {
    may_lack = may_lack || of[i]->states != nullptr || of[i]->storage == storage_kind::null;
    if (of[i]->constant) values[i] = of[i]->at(0);
  }
  rows.each([&](std::uint32_t row) {
    if (may_lack) {
      std::uint8_t state = 0;
      const series* failed = nullptr;
      for (const series* s : of) {
        const std::uint8_t own = s->state(s->constant ? 0 : row);
        if ((own & state_error) != 0 && failed == nullptr) failed = s;
        state |= own;
      }
      if (failed != nullptr) return out.inherit(row, *failed);
      if (state != 0) return out.null(row);
    }
    for (std::size_t i = 0; i < of.size(); ++i)
      if (!of[i]->constant) values[i] = of[i]->at(row);
    compute(out, row, values.data());
  });
  return out.finish();
}

/// The same for what takes null as a value.
template <class Compute>
series each_row_with_nulls(operands of, const row_set& rows, Compute compute) {
  series_writer out(rows);
  std::vector<value_view> values(of.size());
  rows.each([&](std::uint32_t row) {
    for (const series* s : of)
      if ((s->state(s->constant ? 0 : row) & state_error) != 0) return out.inherit(row, *s);
    for (std::size_t i = 0; i < of.size(); ++i) values[i] = of[i]->at(row);
    compute(out, row, values.data());
  });
  return out.finish();
}

/// The tight loop of all fast kernels: `out[row] = f(a[row], b[row])` over raw arrays, without a
/// look at states; values of rows that have none are read, and what comes out does not count.
template <class A, class B, class Out, class F>
void zip_rows(const series& a, const series& b, const row_set& rows, Out* out, F f) {
  const A* x = a.array<A>();
  const B* y = b.array<B>();
  if (!rows.all()) {
    const std::size_t x_step = a.constant ? 0 : 1;
    const std::size_t y_step = b.constant ? 0 : 1;
    rows.each([&](std::uint32_t row) { out[row] = f(x[row * x_step], y[row * y_step]); });
    return;
  }
  const std::uint32_t count = rows.rows();
  if (a.constant && b.constant) {
    for (std::uint32_t row = 0; row < count; ++row) out[row] = f(x[0], y[0]);
  } else if (b.constant) {
    const B fixed = y[0];
    for (std::uint32_t row = 0; row < count; ++row) out[row] = f(x[row], fixed);
  } else if (a.constant) {
    const A fixed = x[0];
    for (std::uint32_t row = 0; row < count; ++row) out[row] = f(fixed, y[row]);
  } else {
    for (std::uint32_t row = 0; row < count; ++row) out[row] = f(x[row], y[row]);
  }
}

/// `out[row] = f(a[row])`.
template <class A, class Out, class F>
void map_rows(const series& a, const row_set& rows, Out* out, F f) {
  const A* x = a.array<A>();
  if (a.constant) {
    rows.each([&](std::uint32_t row) { out[row] = f(x[0]); });
  } else if (rows.all()) {
    const std::uint32_t count = rows.rows();
    for (std::uint32_t row = 0; row < count; ++row) out[row] = f(x[row]);
  } else {
    rows.each([&](std::uint32_t row) { out[row] = f(x[row]); });
  }
}

}  // namespace weir
