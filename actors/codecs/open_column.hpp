#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

#include "runtime/data/column.hpp"

namespace weir::codecs {

/// Where the arrays of a column lie, for loops that go over rows and then over columns: a value
/// costs no call, and no look at what all rows of the column share.
///
/// Memory: lives no longer than the column.
struct open_column {
  explicit open_column(const column& from)
      : whole(&from),
        storage(from.storage()),
        never_null(!from.may_have_nulls()),
        validity(from.validity()),
        data(from.data()),
        only_data(data.size() > 1 ? nullptr
                  : data.empty()  ? ""
                                  : data[0]->data()) {
    switch (storage) {
      case storage_kind::int64:
      case storage_kind::timestamp:
      case storage_kind::duration:
        int64s = from.int64s().data();
        break;
      case storage_kind::float64:
        float64s = from.float64s().data();
        if (!from.number_texts().empty()) refs = from.number_texts().data();
        break;
      case storage_kind::string:
      case storage_kind::bytes:
      case storage_kind::json:
        refs = from.strings().data();
        break;
      case storage_kind::null:
      case storage_kind::boolean:
      case storage_kind::tagged:
        break;
    }
  }

  bool is_null(std::size_t row) const {
    if (never_null) return false;
    if (validity != nullptr) return (validity[row >> 6] >> (row & 63) & 1) == 0;
    return storage == storage_kind::null ||
           (storage == storage_kind::tagged && whole->is_null(row));
  }
  /// Requires: `refs` is there. 64 bytes may be read from wherever the text has a byte.
  std::string_view text(std::size_t row) const {
    return only_data == nullptr ? refs[row].in(data) : text_in_one(row);
  }
  /// The same where there is `only_data`. Whether a text lies in its reference or in the buffer is
  /// as good as random in many columns, so that it is chosen without a branch.
  std::string_view text_in_one(std::size_t row) const {
    const string_ref& ref = refs[row];
    const bool is_near = __builtin_expect_with_probability(ref.is_inline(), 1, 0.5);
    const char* const near_place = reinterpret_cast<const char*>(&ref + 1) - string_ref::inline_max;
    const std::uint32_t offset = std::bit_cast<std::array<std::uint32_t, 4>>(ref).back();
    return {(is_near ? near_place : only_data) + (is_near ? 0 : offset), ref.size()};
  }
  /// The same where there are no buffers, as all texts lie in their references.
  std::string_view short_text(std::size_t row) const {
    const string_ref& ref = refs[row];
    return {reinterpret_cast<const char*>(&ref + 1) - string_ref::inline_max, ref.size()};
  }

  /// How a float64 was written where it was read; empty if it was computed.
  std::string_view number_text(std::size_t row) const {
    return refs == nullptr ? std::string_view() : text(row);
  }

  const column* whole;
  storage_kind storage;
  bool never_null;
  const std::uint64_t* validity;
  std::span<const buffer_ptr> data;
  const char* only_data;                 ///< where there is one buffer, or no text needs any
  const std::int64_t* int64s = nullptr;  ///< also timestamps and durations
  const double* float64s = nullptr;
  const string_ref* refs = nullptr;  ///< strings, bytes, JSON; texts of numbers, none if computed
};

}  // namespace weir::codecs
