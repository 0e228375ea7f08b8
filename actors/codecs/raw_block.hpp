#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/byte_size.hpp"
#include "runtime/data/buffer.hpp"
#include "runtime/data/places.hpp"

namespace weir::codecs {

/// Whole records of one input as they were read: the bytes `begin` to `end` of a shared buffer.
///
/// Every record lies in it from its first byte to its line end; only the last record of an input
/// may lack the line end. A reader moves `begin`, `offset` and `line` past what it has read.
struct raw_block {
  buffer_ptr data = nullptr;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint64_t offset = 0;  ///< of `begin`, in bytes from the start of the (decompressed) input
  std::uint64_t line = 1;    ///< that `begin` lies in, from 1
  std::shared_ptr<const input_name> input = nullptr;
  /// Of its columns, as the input's header has them; none: the header, if any, stands in the block.
  std::shared_ptr<const std::vector<std::string>> names = nullptr;

  bool empty() const { return begin == end; }
  std::string_view text() const { return {data->data() + begin, end - begin}; }
};

/// What may stand before the records of an input in UTF-8. It is no part of them.
inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Moves the front of `from` behind the byte order mark, if it begins its input with one.
void skip_byte_order_mark(raw_block& from);

/// A record that can't be read as one.
struct bad_record {
  std::uint64_t offset = 0;  ///< of its first byte in the input
  std::uint64_t line = 0;    ///< that it begins in, from 1
  std::string bytes;         ///< as found, without the line end; of a too long one the beginning
  std::string code;          ///< `not-json`, `not-csv`, `not-utf8`, `record-too-long`, ...
  std::string reason;        ///< one line for the user
};

/// Bytes that are kept of a record longer than `record_max`.
inline constexpr std::size_t too_long_kept_bytes = 1024;

/// The refusal of a record of `length` bytes, of which `head` are the first.
bad_record too_long_record(std::uint64_t offset, std::uint64_t line, std::uint64_t length,
                           std::string_view head, byte_size record_max);

}  // namespace weir::codecs
