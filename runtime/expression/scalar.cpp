#include "runtime/expression/scalar.hpp"

#include <fmt/format.h>

#include <cmath>

#include "runtime/expression/json_path.hpp"

namespace weir {
namespace {

using enum value_kind;
using syntax::operation;

constexpr double beyond_int64 = 0x1p63;

bool is_number(const value_view& v) { return v.kind == int64 || v.kind == float64; }
bool is_textual(const value_view& v) { return v.kind == string || v.kind == bytes; }
double as_double(const value_view& v) {
  return v.kind == int64 ? static_cast<double>(v.int64) : v.float64;
}

std::partial_ordering flipped(std::partial_ordering order) {
  if (order == std::partial_ordering::less) return std::partial_ordering::greater;
  if (order == std::partial_ordering::greater) return std::partial_ordering::less;
  return order;
}

// The kind of the sum or difference of points in time and durations; null where there is none.
value_kind temporal_result(operation op, value_kind a, value_kind b) {
  if (op == operation::add) {
    if (a == duration && b == duration) return duration;
    if ((a == timestamp && b == duration) || (a == duration && b == timestamp)) return timestamp;
  } else if (op == operation::subtract) {
    if (a == b && (a == timestamp || a == duration)) return duration;
    if (a == timestamp && b == duration) return timestamp;
  }
  return null;
}

// Answers the problem, if the result does not fit.
std::optional<value_error> compute_int64(operation op, std::int64_t a, std::int64_t b,
                                         std::int64_t& out) {
  bool overflow = false;
  switch (op) {
    case operation::add:
      overflow = __builtin_add_overflow(a, b, &out);
      break;
    case operation::subtract:
      overflow = __builtin_sub_overflow(a, b, &out);
      break;
    case operation::multiply:
      overflow = __builtin_mul_overflow(a, b, &out);
      break;
    default:
      if (b == 0) return zero_divisor(op);
      overflow = b == -1 && a == std::numeric_limits<std::int64_t>::min();
      if (!overflow) out = op == operation::divide ? a / b : a % b;
  }
  if (overflow) return overflow_of(op);
  return std::nullopt;
}

}  // namespace

std::partial_ordering compare_numbers(std::int64_t a, double b) {
  if (std::isnan(b)) return std::partial_ordering::unordered;
  if (b >= beyond_int64) return std::partial_ordering::less;
  if (b < -beyond_int64) return std::partial_ordering::greater;
  const double floor = std::floor(b);
  const auto whole = static_cast<std::int64_t>(floor);
  if (a != whole) return a < whole ? std::partial_ordering::less : std::partial_ordering::greater;
  return floor == b ? std::partial_ordering::equivalent : std::partial_ordering::less;
}

std::optional<std::partial_ordering> order_of(const value_view& a, const value_view& b) {
  if (is_number(a) && is_number(b)) {
    if (a.kind == b.kind)
      return a.kind == int64 ? std::partial_ordering(a.int64 <=> b.int64) : a.float64 <=> b.float64;
    return a.kind == int64 ? compare_numbers(a.int64, b.float64)
                           : flipped(compare_numbers(b.int64, a.float64));
  }
  if (a.kind != b.kind) return std::nullopt;
  switch (a.kind) {
    case boolean:
      return a.boolean <=> b.boolean;
    case timestamp:
    case duration:
      return a.int64 <=> b.int64;
    case string:
    case bytes:
      return a.text <=> b.text;
    default:
      return std::nullopt;
  }
}

bool equal_values(const value_view& a, const value_view& b) {
  if (a.kind == json && b.kind == json) return json_equal(a.text, b.text);
  if (a.kind == null && b.kind == null) return true;
  const auto order = order_of(a, b);
  return order && *order == std::partial_ordering::equivalent;
}

bool satisfies(operation op, std::partial_ordering order) {
  switch (op) {
    case operation::less:
      return order < 0;
    case operation::less_equal:
      return order <= 0;
    case operation::greater:
      return order > 0;
    case operation::greater_equal:
      return order >= 0;
    case operation::equal:
      return order == 0;
    default:
      return order != 0;
  }
}

void compute(operation op, division divides, const value_view& a, const value_view& b,
             std::uint32_t row, series_writer& out) {
  const bool fraction = op == operation::divide && divides == division::fraction;
  const value_kind temporal = temporal_result(op, a.kind, b.kind);
  if ((a.kind == int64 && b.kind == int64 && !fraction) || temporal != null) {
    std::int64_t value = 0;
    if (auto problem = compute_int64(op, a.int64, b.int64, value)) {
      out.fail(row, problem->code, std::move(problem->text));
    } else {
      out.int64(row, value, temporal == null ? int64 : temporal);
    }
  } else if (is_number(a) && is_number(b) && op != operation::remainder) {
    out.float64(row, compute_float64(op, as_double(a), as_double(b)));
  } else if (op == operation::add && a.kind == b.kind && is_textual(a)) {
    std::string joined(a.text);
    joined += b.text;
    out.text(row, joined, a.kind);
  } else if (op == operation::add && a.kind == json && b.kind == json) {
    if (const auto joined = json_join_lists(a.text, b.text)) {
      out.text(row, *joined, json);
    } else {
      out.fail(row, "type-mismatch", "'+' joins lists, but not maps");
    }
  } else {
    auto problem = operand_mismatch(op, a.kind, b.kind);
    out.fail(row, problem.code, std::move(problem.text));
  }
}

value_error operand_mismatch(operation op, value_kind a, value_kind b) {
  std::string advice;
  if (op == operation::remainder && (a == float64 || b == float64)) advice = "; write int(x) % n";
  return {"type-mismatch", fmt::format("'{}' does not take {} and {}{}", name_of(op), name_of(a),
                                       name_of(b), advice)};
}

value_error overflow_of(operation op) {
  return {"overflow", fmt::format("the result of '{}' does not fit in 64 bits", name_of(op))};
}

value_error zero_divisor(operation op) {
  return {"division-by-zero", fmt::format("'{}' by zero", name_of(op))};
}

}  // namespace weir
