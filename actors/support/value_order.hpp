#pragma once

#include <compare>
#include <cstdint>

#include "runtime/data/column.hpp"

namespace weir {

/// The place of a kind of value among the others, as `compare_values` has it: both kinds of number
/// share one.
int rank_of(value_kind kind);

/// Compares an integer with a double by their exact values; not a number is above all others.
std::weak_ordering compare_exactly(std::int64_t left, double right);

/// Compares any two values: the order in which groups leave and by which `min` and `max` choose.
///
/// Order: null, false, true, numbers, timestamps, durations, strings, bytes, json. Numbers by their
///        exact values, whatever their types (1 and 1.0 are equal, as are 0.0 and -0.0); not a
///        number is equal to itself and above all others; whole numbers beyond 64 bits by the
///        digits they were read with. Texts by their bytes, nested values by the bytes of their
///        text.
std::weak_ordering compare_values(const value_view& left, const value_view& right);

/// Of two equal values, whether `left` stands for both before `right` does, so that which one is
/// written does not depend on which came first: an int before a double, then the text it came with
/// by its bytes (one that was computed has none), then 0.0 before -0.0.
bool stands_before(const value_view& left, const value_view& right);

}  // namespace weir
