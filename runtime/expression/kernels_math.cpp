#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "runtime/expression/apply.hpp"
#include "runtime/expression/json_path.hpp"

namespace weir {
namespace {

using value = value_view;

double as_double(const value& v) {
  return v.kind == value_kind::int64 ? static_cast<double>(v.int64) : v.float64;
}

double rounded(function_id id, double x) {
  switch (id) {
    case function_id::ceil:
      return std::ceil(x);
    case function_id::floor:
      return std::floor(x);
    case function_id::round:
      return std::round(x);
    case function_id::trunc:
      return std::trunc(x);
    default:
      return std::sqrt(x);
  }
}

bool is_so(function_id id, double x) {
  switch (id) {
    case function_id::is_nan:
      return std::isnan(x);
    case function_id::is_inf:
      return std::isinf(x);
    default:
      return std::isfinite(x);
  }
}

void absolute(series_writer& out, std::uint32_t row, const value& v) {
  if (v.kind == value_kind::float64) return out.float64(row, std::abs(v.float64));
  if (v.int64 == std::numeric_limits<std::int64_t>::min())
    return out.fail(row, "overflow", "the result of 'math.abs' does not fit in 64 bits");
  out.int64(row, std::abs(v.int64));
}

void sign(series_writer& out, std::uint32_t row, const value& v) {
  if (v.kind == value_kind::int64) return out.int64(row, (v.int64 > 0) - (v.int64 < 0));
  if (std::isnan(v.float64)) return out.float64(row, v.float64);
  out.float64(row, (v.float64 > 0) - (v.float64 < 0));
}

void bits(function_id id, series_writer& out, std::uint32_t row, const value* v) {
  const auto x = static_cast<std::uint64_t>(v[0].int64);
  const auto put = [&](std::uint64_t y) { out.int64(row, static_cast<std::int64_t>(y)); };
  if (id == function_id::bit_not) return put(~x);
  const auto y = static_cast<std::uint64_t>(v[1].int64);
  switch (id) {
    case function_id::bit_and:
      return put(x & y);
    case function_id::bit_or:
      return put(x | y);
    case function_id::bit_xor:
      return put(x ^ y);
    default:
      break;
  }
  if (v[1].int64 < 0)
    return out.fail(row, "out-of-range",
                    fmt::format("bits are moved by 0 or more, found {}", v[1].int64));
  if (y >= 64) return put(0);
  put(id == function_id::bit_shift_left ? x << y : x >> y);
}

// Keeps the greatest or least of the numbers that it is given; of equal ones the first.
struct extreme {
  bool greatest = false;
  bool found = false;
  value best;

  void take(const value& v) {
    if (found) {
      const auto order = order_of(v, best);
      if (!order ||
          *order != (greatest ? std::partial_ordering::greater : std::partial_ordering::less))
        return;
    }
    found = true;
    best = v;
    best.text = {};
  }
};

bool is_number(const value& v) {
  return v.kind == value_kind::int64 || v.kind == value_kind::float64;
}

void extreme_of_list(const function_entry& entry, series_writer& out, std::uint32_t row,
                     std::string_view list, json_reader& reader) {
  extreme found{.greatest = entry.id == function_id::greatest, .best = {}};
  std::optional<value_kind> odd;
  const bool read = reader.each(list, [&](const value& item) {
    if (!is_number(item)) odd = item.kind;
    if (!odd) found.take(item);
    return !odd;
  });
  if (!read) return out.fail(row, "not-json", "the nested value is not JSON");
  if (odd)
    return out.fail(
        row, "type-mismatch",
        fmt::format("'{}' takes a list of numbers, found {} in it", entry.name, name_of(*odd)));
  if (!found.found)
    return out.fail(row, "out-of-range", fmt::format("'{}' of an empty list", entry.name));
  out.value(row, found.best);
}

// The greater or lesser of two columns of one kind, each perhaps a constant.
template <class T>
series extremes(bool greatest, operands of, const row_set& rows) {
  series out;
  auto* values = make_values<T>(out, of[0]->storage, rows);
  if (greatest) {
    zip_rows<T, T>(*of[0], *of[1], rows, values, [](T x, T y) { return y > x ? y : x; });
  } else {
    zip_rows<T, T>(*of[0], *of[1], rows, values, [](T x, T y) { return y < x ? y : x; });
  }
  join_states(out, of, rows);
  return out;
}

apply extreme_function(const function_entry& entry) {
  auto reader = std::make_shared<json_reader>();
  return [&entry, reader](operands of, const row_set& rows) {
    if (of.size() == 2 && of[0]->storage == of[1]->storage) {
      const bool greatest = entry.id == function_id::greatest;
      if (of[0]->storage == storage_kind::int64) return extremes<std::int64_t>(greatest, of, rows);
      if (of[0]->storage == storage_kind::float64) return extremes<double>(greatest, of, rows);
    }
    return each_call(entry, of, rows, [&](series_writer& out, std::uint32_t row, const value* v) {
      if (of.size() == 1 && v->kind == value_kind::json)
        return extreme_of_list(entry, out, row, v->text, *reader);
      extreme found{.greatest = entry.id == function_id::greatest, .best = {}};
      for (std::size_t i = 0; i < of.size(); ++i) {
        if (!is_number(v[i]))
          return out.fail(row, "type-mismatch",
                          fmt::format("'{}' takes numbers or one list, found both", entry.name));
        found.take(v[i]);
      }
      out.value(row, found.best);
    });
  };
}

// double -> double, in a loop of its own where the column is dense.
series rounded(const function_entry& entry, operands of, const row_set& rows) {
  const series& a = *of[0];
  if (a.storage == storage_kind::float64 || a.storage == storage_kind::int64) {
    series out;
    auto* values = make_values<double>(out, storage_kind::float64, rows);
    const auto run = [id = entry.id](auto x) { return rounded(id, static_cast<double>(x)); };
    if (a.storage == storage_kind::float64) {
      map_rows<double>(a, rows, values, run);
    } else {
      map_rows<std::int64_t>(a, rows, values, run);
    }
    join_states(out, of, rows);
    return out;
  }
  return each_call(entry, of, rows, [&](series_writer& out, std::uint32_t row, const value* v) {
    out.float64(row, rounded(entry.id, as_double(*v)));
  });
}

}  // namespace

apply math_function(const function_entry& entry) {
  switch (entry.id) {
    case function_id::greatest:
    case function_id::least:
      return extreme_function(entry);
    case function_id::ceil:
    case function_id::floor:
    case function_id::round:
    case function_id::trunc:
    case function_id::sqrt:
      return [&entry](operands of, const row_set& rows) { return rounded(entry, of, rows); };
    default:
      break;
  }
  return [&entry](operands of, const row_set& rows) {
    return each_call(entry, of, rows, [&](series_writer& out, std::uint32_t row, const value* v) {
      switch (entry.id) {
        case function_id::abs:
          return absolute(out, row, *v);
        case function_id::sign:
          return sign(out, row, *v);
        case function_id::is_nan:
        case function_id::is_inf:
        case function_id::is_finite:
          return out.boolean(row, is_so(entry.id, as_double(*v)));
        default:
          return bits(entry.id, out, row, v);
      }
    });
  };
}

}  // namespace weir
