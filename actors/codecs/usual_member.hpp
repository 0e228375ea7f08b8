#pragma once

#include <cstddef>
#include <cstdint>

#include "actors/codecs/key_name.hpp"
#include "runtime/data/column_builder.hpp"

namespace weir::codecs {

/// A member that the records at hand usually have at its place: its key, the kind of its value, and
/// the arrays that values of that kind go into, a row each.
///
/// Memory: refers to a key's name and a column's builder, which outlive it.
struct usual_member {
  enum class kind : std::uint8_t {
    text,     ///< a string without escapes, into `to.strings`
    int64,    ///< into `to.int64s`
    float64,  ///< into `to.float64s`, and how it is written into `to.strings`
    other,    ///< any value, which the columns are asked to take
    ignored,  ///< any value; nobody wants it
  };

  const key_name* name = nullptr;
  std::uint32_t key_size = 0;  ///< of `"name":`
  std::uint32_t shared = 0;    ///< the number of the text's buffer in the column
  char ends = ',';             ///< what stands behind the value
  kind values = kind::other;
  bool refers = false;  ///< whether a value of the arrays refers to that buffer
  column_builder::open_arrays to = {};
};

}  // namespace weir::codecs
