#include <array>
#include <limits>

#include "runtime/expression/kernel.hpp"

namespace weir {
namespace {

using syntax::operation;

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

// Integer operations that also answer a number that is negative where the result does not fit: so
// that a loop can join the answers of all rows and look for the culprit only if there is one.
struct checked_add {
  std::int64_t operator()(std::int64_t a, std::int64_t b, std::int64_t& out) const {
    out = static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
    return (a ^ out) & (b ^ out);
  }
};
struct checked_subtract {
  std::int64_t operator()(std::int64_t a, std::int64_t b, std::int64_t& out) const {
    out = static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
    return (a ^ b) & (a ^ out);
  }
};
struct checked_multiply {
  std::int64_t operator()(std::int64_t a, std::int64_t b, std::int64_t& out) const {
    return __builtin_mul_overflow(a, b, &out) ? -1 : 0;
  }
};
template <bool Remainder>
struct checked_divide {
  std::int64_t operator()(std::int64_t a, std::int64_t b, std::int64_t& out) const {
    const bool bad = b == 0 || (b == -1 && a == least);
    const std::int64_t divisor = bad ? 1 : b;
    out = Remainder ? a % divisor : a / divisor;
    return bad ? -1 : 0;
  }
};

template <class Checked>
series run_checked(operation op, storage_kind storage, const series& a, const series& b,
                   const row_set& rows, Checked f) {
  series out;
  auto* values = make_values<std::int64_t>(out, storage, rows);
  std::int64_t joined = 0;
  zip_rows<std::int64_t, std::int64_t>(a, b, rows, values, [&](std::int64_t x, std::int64_t y) {
    std::int64_t value = 0;
    joined |= f(x, y, value);
    return value;
  });
  const series* both[] = {&a, &b};
  join_states(out, both, rows);
  if (joined >= 0) return out;
  std::vector<evaluated::record_error> errors;
  rows.each([&](std::uint32_t row) {
    std::int64_t value = 0;
    const std::int64_t divisor = b.array<std::int64_t>()[b.constant ? 0 : row];
    if (out.state(row) != 0 ||
        f(a.array<std::int64_t>()[a.constant ? 0 : row], divisor, value) >= 0)
      return;
    const bool divides = op == operation::divide || op == operation::remainder;
    auto problem = divides && divisor == 0 ? zero_divisor(op) : overflow_of(op);
    errors.push_back({row, problem.code, std::move(problem.text)});
  });
  add_errors(out, std::move(errors), rows);
  return out;
}

series integers(operation op, storage_kind storage, const series& a, const series& b,
                const row_set& rows) {
  switch (op) {
    case operation::add:
      return run_checked(op, storage, a, b, rows, checked_add());
    case operation::subtract:
      return run_checked(op, storage, a, b, rows, checked_subtract());
    case operation::multiply:
      return run_checked(op, storage, a, b, rows, checked_multiply());
    case operation::divide:
      return run_checked(op, storage, a, b, rows, checked_divide<false>());
    default:
      return run_checked(op, storage, a, b, rows, checked_divide<true>());
  }
}

template <class A, class B>
series doubles(operation op, const series& a, const series& b, const row_set& rows) {
  series out;
  auto* values = make_values<double>(out, storage_kind::float64, rows);
  const auto loop = [&](auto f) {
    zip_rows<A, B>(a, b, rows, values,
                   [f](A x, B y) { return f(static_cast<double>(x), static_cast<double>(y)); });
  };
  switch (op) {
    case operation::add:
      loop([](double x, double y) { return x + y; });
      break;
    case operation::subtract:
      loop([](double x, double y) { return x - y; });
      break;
    case operation::multiply:
      loop([](double x, double y) { return x * y; });
      break;
    default:
      loop([](double x, double y) { return x / y; });
  }
  const series* both[] = {&a, &b};
  join_states(out, both, rows);
  return out;
}

series joined_texts(const series& a, const series& b, const row_set& rows) {
  series out;
  const series* both[] = {&a, &b};
  auto* values = make_values<string_ref>(out, a.storage, rows);
  join_states(out, both, rows);
  text_arena arena;
  rows.each([&](std::uint32_t row) {
    values[row] = out.state(row) != 0
                      ? string_ref()
                      : arena.store(a.text(a.constant ? 0 : row), b.text(b.constant ? 0 : row));
  });
  arena.keep_in(out);
  return out;
}

struct temporal_sum {
  operation op;
  storage_kind a, b, result;
};
constexpr std::array temporal_sums = {
    temporal_sum{operation::add, storage_kind::duration, storage_kind::duration,
                 storage_kind::duration},
    temporal_sum{operation::add, storage_kind::timestamp, storage_kind::duration,
                 storage_kind::timestamp},
    temporal_sum{operation::add, storage_kind::duration, storage_kind::timestamp,
                 storage_kind::timestamp},
    temporal_sum{operation::subtract, storage_kind::duration, storage_kind::duration,
                 storage_kind::duration},
    temporal_sum{operation::subtract, storage_kind::timestamp, storage_kind::timestamp,
                 storage_kind::duration},
    temporal_sum{operation::subtract, storage_kind::timestamp, storage_kind::duration,
                 storage_kind::timestamp},
};

}  // namespace

series arithmetic(operation op, division divides, const series& a, const series& b,
                  const row_set& rows) {
  const series* both[] = {&a, &b};
  using enum storage_kind;
  if (a.storage == null || b.storage == null) return nulls_of(both, rows);
  if (a.storage == int64 && b.storage == int64) {
    if (op == operation::divide && divides == division::fraction)
      return doubles<std::int64_t, std::int64_t>(op, a, b, rows);
    return integers(op, int64, a, b, rows);
  }
  if (op != operation::remainder) {
    if (a.storage == float64 && b.storage == float64)
      return doubles<double, double>(op, a, b, rows);
    if (a.storage == int64 && b.storage == float64)
      return doubles<std::int64_t, double>(op, a, b, rows);
    if (a.storage == float64 && b.storage == int64)
      return doubles<double, std::int64_t>(op, a, b, rows);
  }
  if (op == operation::add && a.storage == b.storage && (a.storage == string || a.storage == bytes))
    return joined_texts(a, b, rows);
  for (const auto& sum : temporal_sums)
    if (sum.op == op && sum.a == a.storage && sum.b == b.storage)
      return integers(op, sum.result, a, b, rows);
  const bool has_loop =
      op != operation::remainder && (op != operation::divide || divides == division::fraction);
  if (has_loop && are_mixed_numbers(a, b, rows)) return compute_mixed_numbers(op, a, b, rows);
  return each_row(both, rows, [&](series_writer& out, std::uint32_t row, const value_view* v) {
    compute(op, divides, v[0], v[1], row, out);
  });
}

series negated(const series& a, const row_set& rows) {
  const series* one[] = {&a};
  if (a.storage == storage_kind::int64 || a.storage == storage_kind::duration) {
    value_view zero;
    zero.kind = value_kind::int64;
    const series from = constant_of(zero);
    return integers(operation::subtract, a.storage, from, a, rows);
  }
  if (a.storage == storage_kind::float64) {
    series out;
    auto* values = make_values<double>(out, storage_kind::float64, rows);
    map_rows<double>(a, rows, values, [](double x) { return -x; });
    join_states(out, one, rows);
    return out;
  }
  return each_row(one, rows, [&](series_writer& out, std::uint32_t row, const value_view* v) {
    switch (v->kind) {
      case value_kind::float64:
        out.float64(row, -v->float64);
        break;
      case value_kind::int64:
      case value_kind::duration:
        if (v->int64 == least) {
          out.fail(row, overflow_of(operation::subtract).code,
                   overflow_of(operation::subtract).text);
        } else {
          out.int64(row, -v->int64, v->kind);
        }
        break;
      default:
        out.fail(row, "type-mismatch", "'-' does not take " + std::string(name_of(v->kind)));
    }
  });
}

}  // namespace weir
