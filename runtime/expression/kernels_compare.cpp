#include <cmath>

#include "runtime/expression/kernel.hpp"

namespace weir {
namespace {

using syntax::operation;

constexpr std::int64_t exact_most = std::int64_t{1} << 53;  // integers up to here are doubles

// Calls `loop` with the functor of `op`.
template <class Loop>
void with_comparison(operation op, Loop loop) {
  switch (op) {
    case operation::less:
      return loop([](auto x, auto y) { return x < y; });
    case operation::less_equal:
      return loop([](auto x, auto y) { return x <= y; });
    case operation::greater:
      return loop([](auto x, auto y) { return x > y; });
    case operation::greater_equal:
      return loop([](auto x, auto y) { return x >= y; });
    case operation::equal:
      return loop([](auto x, auto y) { return x == y; });
    default:
      return loop([](auto x, auto y) { return x != y; });
  }
}

operation mirrored(operation op) {
  switch (op) {
    case operation::less:
      return operation::greater;
    case operation::less_equal:
      return operation::greater_equal;
    case operation::greater:
      return operation::less;
    case operation::greater_equal:
      return operation::less_equal;
    default:
      return op;
  }
}

template <class T>
void compare_same(operation op, const series& a, const series& b, const row_set& rows,
                  std::uint8_t* out) {
  with_comparison(op, [&](auto f) {
    zip_rows<T, T>(a, b, rows, out, [f](T x, T y) { return static_cast<std::uint8_t>(f(x, y)); });
  });
}

// An integer against a fixed double is an integer against a fixed integer, or the same for all.
struct threshold {
  operation op = operation::equal;
  std::int64_t value = 0;
  std::optional<bool> always;
};

threshold threshold_of(operation op, double fixed) {
  const bool wants_less = op == operation::less || op == operation::less_equal;
  const bool unequal = op == operation::not_equal;
  if (std::isnan(fixed)) return {op, 0, unequal};
  if (fixed >= 0x1p63) return {op, 0, wants_less || unequal};
  if (fixed < -0x1p63) return {op, 0, (!wants_less && op != operation::equal) || unequal};
  const double floor = std::floor(fixed);
  const auto whole = static_cast<std::int64_t>(floor);
  if (floor == fixed) return {op, whole, std::nullopt};
  if (op == operation::equal || unequal) return {op, 0, unequal};
  return {wants_less ? operation::less_equal : operation::greater, whole, std::nullopt};
}

bool is_exact(std::int64_t number) { return number >= -exact_most && number <= exact_most; }

// int64 in `a`, float64 in `b`.
void compare_mixed(operation op, const series& a, const series& b, const row_set& rows,
                   std::uint8_t* out) {
  if (b.constant) {
    const threshold fixed = threshold_of(op, b.array<double>()[0]);
    if (fixed.always) {
      rows.each([&](std::uint32_t row) { out[row] = *fixed.always ? 1 : 0; });
      return;
    }
    value_view value;
    value.kind = value_kind::int64;
    value.int64 = fixed.value;
    compare_same<std::int64_t>(fixed.op, a, constant_of(value), rows, out);
    return;
  }
  if (a.constant && is_exact(a.array<std::int64_t>()[0])) {
    value_view value;
    value.kind = value_kind::float64;
    value.float64 = static_cast<double>(a.array<std::int64_t>()[0]);
    compare_same<double>(op, constant_of(value), b, rows, out);
    return;
  }
  zip_rows<std::int64_t, double>(a, b, rows, out, [op](std::int64_t x, double y) {
    return static_cast<std::uint8_t>(satisfies(op, compare_numbers(x, y)));
  });
}

void compare_texts(operation op, const series& a, const series& b, const series& states,
                   const row_set& rows, std::uint8_t* out) {
  const auto* x = a.array<string_ref>();
  const auto* y = b.array<string_ref>();
  const std::size_t x_step = a.constant ? 0 : 1;
  const std::size_t y_step = b.constant ? 0 : 1;
  const auto loop = [&](auto f) {
    rows.each([&](std::uint32_t row) {
      out[row] = states.state(row) == 0 && f(x[row * x_step], y[row * y_step]);
    });
  };
  if (op == operation::equal || op == operation::not_equal) {
    const bool wanted = op == operation::equal;
    loop([&](const string_ref& p, const string_ref& q) {
      return same_text(p, a.data, q, b.data) == wanted;
    });
  } else {
    with_comparison(op, [&](auto f) {
      loop([&](const string_ref& p, const string_ref& q) { return f(p.in(a.data), q.in(b.data)); });
    });
  }
}

// Fills `out` with `a op b` where both have values; false if the storages have no loop of their
// own.
bool compare_values(operation op, const series& a, const series& b, const row_set& rows,
                    series& out) {
  using enum storage_kind;
  auto* values = make_values<std::uint8_t>(out, boolean, rows);
  if (a.storage == float64 && b.storage == int64) {
    compare_mixed(mirrored(op), b, a, rows, values);
    return true;
  }
  if (a.storage == int64 && b.storage == float64) {
    compare_mixed(op, a, b, rows, values);
    return true;
  }
  if (are_mixed_numbers(a, b, rows)) {
    compare_mixed_numbers(op, a, b, rows, values);
    return true;
  }
  if (a.storage != b.storage) return false;
  switch (a.storage) {
    case boolean:
      compare_same<std::uint8_t>(op, a, b, rows, values);
      return true;
    case int64:
    case timestamp:
    case duration:
      compare_same<std::int64_t>(op, a, b, rows, values);
      return true;
    case float64:
      compare_same<double>(op, a, b, rows, values);
      return true;
    case string:
    case bytes:
      compare_texts(op, a, b, out, rows, values);
      return true;
    default:
      return false;
  }
}

}  // namespace

series ordered(operation op, const series& a, const series& b, const row_set& rows) {
  const series* both[] = {&a, &b};
  if (a.storage == storage_kind::null || b.storage == storage_kind::null)
    return nulls_of(both, rows);
  series out;
  out.storage = storage_kind::boolean;
  join_states(out, both, rows);
  if (compare_values(op, a, b, rows, out)) return out;
  return each_row(both, rows, [&](series_writer& to, std::uint32_t row, const value_view* v) {
    if (const auto order = order_of(v[0], v[1])) {
      to.boolean(row, satisfies(op, *order));
    } else {
      auto problem = operand_mismatch(op, v[0].kind, v[1].kind);
      to.fail(row, problem.code, std::move(problem.text));
    }
  });
}

series equal(operation op, const series& a, const series& b, const row_set& rows) {
  const series* both[] = {&a, &b};
  const bool wanted = op == operation::equal;
  series out;
  out.storage = storage_kind::boolean;
  join_states(out, both, rows);
  const bool null_side = a.storage == storage_kind::null || b.storage == storage_kind::null;
  if (null_side || !compare_values(op, a, b, rows, out)) {
    return each_row_with_nulls(both, rows,
                               [&](series_writer& to, std::uint32_t row, const value_view* v) {
                                 to.boolean(row, equal_values(v[0], v[1]) == wanted);
                               });
  }
  if (out.states == nullptr) return out;
  // Null is a value here: equal to itself alone.
  auto* values = const_cast<std::uint8_t*>(out.array<std::uint8_t>());
  std::uint8_t* states = own_states(out, rows);
  rows.each([&](std::uint32_t row) {
    if (states[row] == 0) return;
    const bool same = (a.state(a.constant ? 0 : row) & b.state(b.constant ? 0 : row)) != 0;
    values[row] = same == wanted ? 1 : 0;
    states[row] &= state_error;
  });
  return out;
}

series has_value(const series& a, const row_set& rows) {
  series out;
  auto* values = make_values<std::uint8_t>(out, storage_kind::boolean, rows);
  rows.each([&](std::uint32_t row) {
    values[row] = (a.state(a.constant ? 0 : row) & state_null) == 0 ? 1 : 0;
  });
  if (a.errors.empty()) return out;
  const series* one[] = {&a};
  join_states(out, one, rows);
  std::uint8_t* states = own_states(out, rows);
  rows.each([&](std::uint32_t row) { states[row] &= state_error; });
  return out;
}

}  // namespace weir
