#pragma once

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <string_view>

#include "runtime/data/records.hpp"
#include "runtime/expression/evaluator.hpp"
#include "tests/runtime/expression/told.hpp"

namespace weir::testing {

/// The expression of a text that is one.
inline expression parsed(std::string_view text) {
  auto made = expression::parse(text);
  if (!made) {
    for (const auto& p : made.error()) MESSAGE(text, " at ", p.offset, ": ", p.text);
    FAIL("not an expression");
  }
  return *made;
}

/// The chunk of JSON objects, one a line.
inline chunk_ptr chunk_of(std::string_view lines) {
  auto made = chunk_of_json(lines);
  REQUIRE(made);
  return *made;
}

inline std::string evaluated_over(std::string_view text, const chunk& over) {
  evaluator run(parsed(text));
  return told(run.evaluate(over), over);
}

/// A text and its value, as `told`.
struct text_value {
  std::string_view text, value;
};

inline void check_values(const chunk& over, std::span<const text_value> rows) {
  for (const auto& r : rows) {
    CAPTURE(r.text);
    CHECK(evaluated_over(r.text, over) == r.value);
  }
}

/// The value over one record without columns, as `told`.
inline std::string value_of(std::string_view text, std::string_view record = "{}") {
  return evaluated_over(text, *chunk_of(record));
}

}  // namespace weir::testing
