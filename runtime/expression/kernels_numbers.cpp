// Numbers of both kinds in one column, as JSON has them: 5 beside 7.5. They lie in cells, and have
// loops of their own.

#include <algorithm>

#include "runtime/expression/kernel.hpp"
#include "runtime/expression/scalar.hpp"

namespace weir {
namespace {

using syntax::operation;

constexpr std::int64_t exact_most = std::int64_t{1} << 53;  // integers up to here are doubles

struct number {
  bool whole;
  std::int64_t int64;
  double float64;

  double as_double() const { return whole ? static_cast<double>(int64) : float64; }
  bool is_exact() const { return !whole || (int64 >= -exact_most && int64 <= exact_most); }
};

// Where the numbers of a series lie. What a row without a value gives does not count.
struct int_numbers {
  const std::int64_t* all;
  number operator()(std::size_t row) const { return {true, all[row], 0}; }
};
struct double_numbers {
  const double* all;
  number operator()(std::size_t row) const { return {false, 0, all[row]}; }
};
struct cell_numbers {
  const cell* all;
  number operator()(std::size_t row) const {
    const cell& c = all[row];
    return {c.kind == value_kind::int64, c.int64, c.float64};
  }
};
template <class Numbers>
struct one_number {
  number value;
  explicit one_number(Numbers from) : value(from(0)) {}
  number operator()(std::size_t) const { return value; }
};

template <class Visit>
void with_numbers(const series& from, Visit visit) {
  const auto pass = [&](auto numbers) {
    if (from.constant) {
      visit(one_number(numbers));
    } else {
      visit(numbers);
    }
  };
  switch (from.storage) {
    case storage_kind::int64:
      return pass(int_numbers{from.array<std::int64_t>()});
    case storage_kind::float64:
      return pass(double_numbers{from.array<double>()});
    default:
      return pass(cell_numbers{from.array<cell>()});
  }
}

template <class F>
bool compared(operation op, const number& x, const number& y, F f) {
  if (x.whole && y.whole) return f(x.int64, y.int64);
  if (x.is_exact() && y.is_exact()) return f(x.as_double(), y.as_double());
  value_view a, b;
  const auto view = [](const number& from, value_view& to) {
    to.kind = from.whole ? value_kind::int64 : value_kind::float64;
    if (from.whole) {
      to.int64 = from.int64;
    } else {
      to.float64 = from.float64;
    }
  };
  view(x, a);
  view(y, b);
  return satisfies(op, *order_of(a, b));
}

template <class F>
void compare(operation op, const series& a, const series& b, const row_set& rows, std::uint8_t* out,
             F f) {
  with_numbers(a, [&](auto x) {
    with_numbers(b, [&](auto y) {
      rows.each([&](std::uint32_t row) { out[row] = compared(op, x(row), y(row), f) ? 1 : 0; });
    });
  });
}

// Answers whether the result of two integers fits.
bool compute_whole(operation op, std::int64_t a, std::int64_t b, std::int64_t& out) {
  switch (op) {
    case operation::add:
      return !__builtin_add_overflow(a, b, &out);
    case operation::subtract:
      return !__builtin_sub_overflow(a, b, &out);
    default:
      return !__builtin_mul_overflow(a, b, &out);
  }
}

// Where one side has doubles alone, or the division is one of fractions.
series doubles(operation op, const series& a, const series& b, const row_set& rows) {
  series out;
  auto* values = make_values<double>(out, storage_kind::float64, rows);
  with_numbers(a, [&](auto x) {
    with_numbers(b, [&](auto y) {
      rows.each([&](std::uint32_t row) {
        values[row] = compute_float64(op, x(row).as_double(), y(row).as_double());
      });
    });
  });
  const series* both[] = {&a, &b};
  join_states(out, both, rows);
  return out;
}

}  // namespace

bool are_mixed_numbers(const series& a, const series& b, const row_set& rows) {
  const auto is_number = [](storage_kind s) {
    return s == storage_kind::int64 || s == storage_kind::float64;
  };
  const auto holds_numbers = [&](const series& s) {
    if (is_number(s.storage)) return true;
    if (s.storage != storage_kind::tagged) return false;
    const cell* cells = s.array<cell>();
    bool others = false;
    rows.each([&](std::uint32_t row) {
      const value_kind kind = cells[row].kind;
      others |=
          kind != value_kind::int64 && kind != value_kind::float64 && kind != value_kind::null;
    });
    return !others;
  };
  if (a.storage != storage_kind::tagged && b.storage != storage_kind::tagged) return false;
  return holds_numbers(a) && holds_numbers(b);
}

void compare_mixed_numbers(operation op, const series& a, const series& b, const row_set& rows,
                           std::uint8_t* out) {
  switch (op) {
    case operation::less:
      return compare(op, a, b, rows, out, [](auto x, auto y) { return x < y; });
    case operation::less_equal:
      return compare(op, a, b, rows, out, [](auto x, auto y) { return x <= y; });
    case operation::greater:
      return compare(op, a, b, rows, out, [](auto x, auto y) { return x > y; });
    case operation::greater_equal:
      return compare(op, a, b, rows, out, [](auto x, auto y) { return x >= y; });
    case operation::equal:
      return compare(op, a, b, rows, out, [](auto x, auto y) { return x == y; });
    default:
      return compare(op, a, b, rows, out, [](auto x, auto y) { return x != y; });
  }
}

series compute_mixed_numbers(operation op, const series& a, const series& b, const row_set& rows) {
  if (op == operation::divide || a.storage == storage_kind::float64 ||
      b.storage == storage_kind::float64)
    return doubles(op, a, b, rows);
  series out;
  auto* values = make_values<cell>(out, storage_kind::tagged, rows);
  if (!rows.all()) std::fill(values, values + rows.rows(), cell());
  const series* both[] = {&a, &b};
  join_states(out, both, rows);
  std::vector<evaluated::record_error> errors;
  with_numbers(a, [&](auto x) {
    with_numbers(b, [&](auto y) {
      rows.each([&](std::uint32_t row) {
        values[row] = cell();
        if (out.states != nullptr && out.states[row] != 0) return;
        const number p = x(row);
        const number q = y(row);
        if (p.whole && q.whole) {
          values[row].kind = value_kind::int64;
          if (compute_whole(op, p.int64, q.int64, values[row].int64)) return;
          values[row] = cell();
          auto problem = overflow_of(op);
          errors.push_back({row, problem.code, std::move(problem.text)});
        } else {
          values[row].kind = value_kind::float64;
          values[row].float64 = compute_float64(op, p.as_double(), q.as_double());
        }
      });
    });
  });
  add_errors(out, std::move(errors), rows);
  return out;
}

}  // namespace weir
