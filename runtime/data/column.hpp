#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/data/buffer.hpp"
#include "runtime/data/type.hpp"

namespace weir {

/// One string of a column in Arrow's 16-byte view layout: up to 12 bytes inline, longer ones as a
/// prefix and a place in one of the column's shared buffers.
/// Source: Apache Arrow columnar format, "Variable-size Binary View Layout".
class string_ref {
 public:
  static constexpr std::uint32_t inline_max = 12;

  string_ref() = default;
  /// A view of `text`, which lies at `offset` in the column's buffer number `buffer` (both ignored
  /// where the text fits inline).
  string_ref(std::string_view text, std::uint32_t buffer, std::uint32_t offset)
      : length_(static_cast<std::uint32_t>(text.size())) {
    if (text.size() <= inline_max) {
      std::memcpy(rest_.text, text.data(), text.size());
    } else {
      std::memcpy(rest_.far.prefix, text.data(), sizeof rest_.far.prefix);
      rest_.far.buffer = buffer;
      rest_.far.offset = offset;
    }
  }

  /// The same of a text that lies in a buffer, without a call where it fits inline.
  /// Requires: sixteen bytes may be read from where `text` begins.
  static string_ref in_buffer(std::string_view text, std::uint32_t buffer, std::uint32_t offset) {
    string_ref out;
    out.refer(text, buffer, offset);
    return out;
  }
  /// Becomes what `in_buffer` answers. Requires: the same.
  void refer(std::string_view text, std::uint32_t buffer, std::uint32_t offset) {
    // Both forms, of which one is kept: in many columns it is as good as random which. As vectors:
    // halves that are stored apart and loaded together cost a stall.
    static_assert(std::endian::native == std::endian::little);
    using bytes [[gnu::vector_size(16)]] = unsigned char;
    using halves [[gnu::vector_size(16)]] = std::uint64_t;
    static constexpr std::size_t far = inline_max + 1;
    // What is kept of the text and of its size and place, by the size, and last of one that is far:
    // its first four bytes, and all of the other.
    struct kept {
      std::array<unsigned char, sizeof(bytes)> text{};
      std::array<unsigned char, sizeof(bytes)> place{};
    };
    static constexpr auto masks = [] {
      constexpr std::size_t prefix = 4;
      std::array<kept, far + 1> out{};
      for (std::size_t size = 0; size <= far; ++size) {
        kept& of = out[size];
        std::fill_n(of.text.begin() + prefix, size == far ? prefix : size, 0xFF);
        std::fill_n(of.place.begin(), size == far ? of.place.size() : prefix, 0xFF);
      }
      return out;
    }();
    const kept& mask = masks[std::min(text.size(), far)];
    bytes begin;
    bytes kept_text;
    bytes kept_place;
    std::memcpy(&begin, text.data(), sizeof begin);
    std::memcpy(&kept_text, &mask.text, sizeof kept_text);
    std::memcpy(&kept_place, &mask.place, sizeof kept_place);
    begin = __builtin_shufflevector(begin, bytes{}, 16, 16, 16, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
                                    10, 11);
    const halves place = {static_cast<std::uint32_t>(text.size()),
                          buffer | std::uint64_t{offset} << 32};
    const bytes all = (begin & kept_text) | (std::bit_cast<bytes>(place) & kept_place);
    std::memcpy(static_cast<void*>(this), &all, sizeof all);
  }

  std::uint32_t size() const { return length_; }
  bool is_inline() const { return length_ <= inline_max; }
  /// Requires: !is_inline().
  std::uint32_t buffer() const { return rest_.far.buffer; }
  std::uint32_t offset() const { return rest_.far.offset; }
  /// The same text in another numbering of buffers. Requires: !is_inline().
  void rebase(std::uint32_t buffer) { rest_.far.buffer = buffer; }

  /// Memory: the view lives as long as this object (inline) or the column's buffers do.
  std::string_view in(std::span<const buffer_ptr> buffers) const {
    if (is_inline()) return {rest_.text, length_};
    return {buffers[rest_.far.buffer]->data() + rest_.far.offset, length_};
  }
  /// The same where all that is not inline lies in one buffer, whose bytes begin at `data`; without
  /// a branch.
  std::string_view in(const char* data) const {
    std::uint32_t offset = 0;
    std::memcpy(&offset, rest_.text + 8, sizeof offset);
    const char* begin = is_inline() ? rest_.text : data;
    return {begin + (is_inline() ? 0 : offset), length_};
  }

 private:
  std::uint32_t length_ = 0;
  union {
    char text[inline_max] = {};
    struct {
      char prefix[4];
      std::uint32_t buffer;
      std::uint32_t offset;
    } far;
  } rest_;
};
static_assert(sizeof(string_ref) == 16);

/// One value of a column whose values disagree in type.
struct cell {
  union {
    std::int64_t int64 = 0;  ///< also timestamp and duration
    double float64;
    bool boolean;
  };
  /// The string, bytes or JSON text; of a float64 that nobody computed, the text it came with.
  string_ref text;
  value_kind kind = value_kind::null;
};

/// One value, read from a column by `column::at`: what slow paths, tests and messages use.
///
/// Memory: `text` views the column's buffers.
struct value_view {
  value_kind kind = value_kind::null;
  union {
    std::int64_t int64 = 0;
    double float64;
    bool boolean;
  };
  std::string_view text;
};

/// How the values of a column lie in memory. `tagged` is an array of `cell`; `null` is a column
/// without any value. Never visible in results.
enum class storage_kind : std::uint8_t {
  null,
  boolean,
  int64,
  float64,
  timestamp,
  duration,
  string,
  bytes,
  json,
  tagged,
};

/// One field of many records, immutable, in Apache Arrow's layout.
///
/// A column of a declared type is stored as that type (or as `null`). A dynamic column is stored as
/// whatever is dense for the values at hand. Rows are physical: a chunk's selection says which of
/// them count. Values of null rows are unspecified.
///
/// Made by `column_builder` (row by row) or by `column::of` (from whole arrays).
///
/// Threads: may be read from any number of threads.
class column {
 public:
  struct parts {
    storage_kind storage = storage_kind::null;
    std::size_t size = 0;
    buffer_ptr validity =
        nullptr;  ///< a bit a row, least significant first, 1 = valid; none: all valid
    buffer_ptr values = nullptr;  ///< the array; booleans are bits, least significant first
    buffer_ptr texts = nullptr;   ///< string_ref a row for float64 that kept its text; else none
    std::vector<buffer_ptr> data = {};  ///< what string_ref points into
  };

  static std::shared_ptr<const column> of(parts from);
  /// A column of `size` nulls.
  static std::shared_ptr<const column> nulls(std::size_t size);

  storage_kind storage() const { return parts_.storage; }
  std::size_t size() const { return parts_.size; }

  bool may_have_nulls() const {
    return parts_.validity != nullptr || parts_.storage == storage_kind::null ||
           parts_.storage == storage_kind::tagged;
  }
  bool is_null(std::size_t row) const {
    switch (parts_.storage) {
      case storage_kind::null:
        return true;
      case storage_kind::tagged:
        return cells()[row].kind == value_kind::null;
      default:
        return parts_.validity != nullptr && !bit(*parts_.validity, row);
    }
  }
  /// The bitmap of non-null rows; null where there are none to tell apart (see `is_null`).
  const std::uint64_t* validity() const {
    return parts_.validity ? reinterpret_cast<const std::uint64_t*>(parts_.validity->data())
                           : nullptr;
  }

  /// Requires: storage() is int64, timestamp or duration.
  std::span<const std::int64_t> int64s() const { return parts_.values->as<std::int64_t>(size()); }
  /// Requires: storage() is float64.
  std::span<const double> float64s() const { return parts_.values->as<double>(size()); }
  /// Requires: storage() is boolean.
  bool boolean(std::size_t row) const { return bit(*parts_.values, row); }
  /// Requires: storage() is string, bytes or json.
  std::span<const string_ref> strings() const { return parts_.values->as<string_ref>(size()); }
  std::string_view string(std::size_t row) const { return strings()[row].in(parts_.data); }
  /// Requires: storage() is tagged.
  std::span<const cell> cells() const { return parts_.values->as<cell>(size()); }
  /// The texts that float64 values came with, empty where computed; none if no row has one.
  std::span<const string_ref> number_texts() const {
    return parts_.texts ? parts_.texts->as<string_ref>(size()) : std::span<const string_ref>();
  }
  std::span<const buffer_ptr> data() const { return parts_.data; }

  /// The value of a row, whatever the storage. For slow paths.
  value_view at(std::size_t row) const;

  /// Every buffer that the column keeps alive, some perhaps twice.
  template <class Visit>
  void each_buffer(Visit visit) const {
    for (const buffer_ptr* b : {&parts_.validity, &parts_.values, &parts_.texts})
      if (*b) visit(*b);
    for (const auto& b : parts_.data) visit(b);
  }

 private:
  explicit column(parts from) : parts_(std::move(from)) {}

  static bool bit(const class buffer& bits, std::size_t row) {
    return (static_cast<unsigned char>(bits.data()[row >> 3]) >> (row & 7) & 1) != 0;
  }

  parts parts_;
};

using column_ptr = std::shared_ptr<const column>;

/// The rows `positions` of `from`, in that order, copied into a column that shares no buffer.
column_ptr gather(const column& from, std::span<const std::uint32_t> positions);

/// The columns one after the other. Storage is what is dense for all of them together; long strings
/// go on sharing their buffers.
column_ptr concatenate(std::span<const column_ptr> columns);

}  // namespace weir
