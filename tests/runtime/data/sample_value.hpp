#pragma once

#include <rapidcheck.h>

#include <cstring>
#include <ostream>
#include <string>
#include <vector>

#include "runtime/base/number.hpp"
#include "runtime/data/column_builder.hpp"

namespace weir::testing {

/// A value that owns its text, to be compared with what a column gives back.
struct sample_value {
  value_kind kind = value_kind::null;
  std::int64_t bits = 0;  // of numbers and booleans
  std::string text;

  bool operator==(const sample_value&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const sample_value& value) {
  return out << name_of(value.kind) << ' ' << value.bits << " '" << value.text << "'";
}

inline sample_value sample_of(const value_view& value) {
  sample_value out{value.kind, 0, std::string(value.text)};
  if (value.kind == value_kind::boolean) {
    out.bits = value.boolean ? 1 : 0;
  } else if (value.kind == value_kind::float64) {
    std::memcpy(&out.bits, &value.float64, sizeof out.bits);
  } else {
    out.bits = value.int64;
  }
  return out;
}

inline sample_value sample_null() { return {}; }
inline sample_value sample_bool(bool value) { return {value_kind::boolean, value ? 1 : 0, ""}; }
inline sample_value sample_int(std::int64_t value, value_kind kind = value_kind::int64) {
  return {kind, value, ""};
}
inline sample_value sample_double(double value, std::string text = "") {
  sample_value out{value_kind::float64, 0, std::move(text)};
  std::memcpy(&out.bits, &value, sizeof out.bits);
  return out;
}
inline sample_value sample_text(std::string text, value_kind kind = value_kind::string) {
  return {kind, 0, std::move(text)};
}

inline void append(column_builder& to, const sample_value& value) {
  value_view view;
  view.kind = value.kind;
  view.text = value.text;
  view.int64 = value.bits;
  if (value.kind == value_kind::boolean) view.boolean = value.bits != 0;
  if (value.kind == value_kind::float64) std::memcpy(&view.float64, &value.bits, sizeof(double));
  to.append(view);
}

inline column_ptr column_of(const std::vector<sample_value>& values) {
  column_builder builder;
  for (const auto& value : values) append(builder, value);
  return builder.finish();
}

inline std::vector<sample_value> values_of(const column& from) {
  std::vector<sample_value> out;
  for (std::size_t row = 0; row < from.size(); ++row) out.push_back(sample_of(from.at(row)));
  return out;
}

/// Values of one kind, with strings on both sides of the inline bound.
inline rc::Gen<sample_value> any_value_of(value_kind kind) {
  using namespace rc;
  switch (kind) {
    case value_kind::null:
      return gen::just(sample_null());
    case value_kind::boolean:
      return gen::map(gen::arbitrary<bool>(), sample_bool);
    case value_kind::float64:
      return gen::map(gen::pair(gen::arbitrary<double>(), gen::inRange(0, 3)),
                      [](const std::pair<double, int>& from) {
                        if (from.second == 0) return sample_double(from.first);
                        std::string text;
                        append_number(text, from.first);
                        if (from.second == 2) text += "000000000000";
                        return sample_double(from.first, text);
                      });
    case value_kind::string:
    case value_kind::bytes:
    case value_kind::json:
      return gen::map(gen::container<std::string>(gen::inRange('a', 'z')),
                      [kind](std::string text) { return sample_text(std::move(text), kind); });
    default:
      return gen::map(gen::arbitrary<std::int64_t>(),
                      [kind](std::int64_t value) { return sample_int(value, kind); });
  }
}

inline rc::Gen<value_kind> any_kind() {
  return rc::gen::map(rc::gen::inRange(0, 9), [](int n) { return static_cast<value_kind>(n); });
}

/// The values of a column: all of one kind, or with nulls among them, or of any kinds.
inline rc::Gen<std::vector<sample_value>> any_values() {
  using namespace rc;
  return gen::mapcat(
      gen::pair(gen::inRange(0, 3), any_kind()), [](const std::pair<int, value_kind>& how) {
        const auto one = any_value_of(how.second);
        if (how.first == 0) return gen::container<std::vector<sample_value>>(one);
        if (how.first == 1)
          return gen::container<std::vector<sample_value>>(
              gen::oneOf(one, gen::just(sample_null())));
        return gen::container<std::vector<sample_value>>(gen::mapcat(any_kind(), any_value_of));
      });
}

}  // namespace weir::testing
