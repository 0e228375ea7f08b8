#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/codecs/raw_block.hpp"
#include "runtime/base/byte_size.hpp"
#include "runtime/base/result.hpp"
#include "runtime/data/chunk.hpp"
#include "runtime/data/schema.hpp"

namespace weir::codecs {

/// What a reader of any format is told.
struct reader_options {
  /// The columns that somebody uses; none: all. What counts as a bad record does not depend on it.
  std::optional<std::vector<std::string>> columns = std::nullopt;
  /// Types of columns; a value that does not fit its column's makes the record a bad one.
  std::vector<field> declared = {};
  /// Whether chunks carry the text that each record was read from.
  bool keep_raw = false;
  /// A longer record is a bad one.
  byte_size record_max = 16_MiB;
  /// Records of a chunk; a chunk of a block may end earlier.
  std::uint32_t rows_max = 65'536;

  bool wants(std::string_view name) const;
  column_type type_of(std::string_view name) const;
};

/// What one call of a reader gives.
struct read_records {
  chunk_ptr records;            ///< never null; may be empty
  std::vector<bad_record> bad;  ///< in order; at most `bad_records_max`
};

/// What to say of an input that begins with a byte order mark of UTF-16; none of others.
std::optional<std::string> utf16_reason(std::string_view head);

/// A call of a reader ends when it has found this many bad records.
inline constexpr std::size_t bad_records_max = 1000;
/// A call of a reader ends before its chunk has more values (nulls included) than this, unless a
/// single record has.
inline constexpr std::size_t chunk_cells_max = 1 << 20;

/// Turns raw blocks into chunks of records.
///
/// Strings of the chunks refer to the block's buffer where they can. Results do not depend on how
/// an input is cut into blocks and calls.
///
/// Order:   records and bad records as they stand in the input.
/// Memory:  a chunk keeps its block's buffer alive; the reader itself keeps it only while the block
///          is not read to its end.
/// Threads: one thread at a time.
class record_reader {
 public:
  virtual ~record_reader() = default;

  /// Begins another input: what was learnt from the last one's header is forgotten.
  virtual void begin_input() {}

  /// Reads what stands before the records of the input and names their columns, and moves the front
  /// of its first blocks past it. `read` does so by itself where a block does not bring the names.
  ///
  /// Errors: a header that can't be read, or that names a column twice.
  virtual result<void> take_header(raw_block&) { return {}; }

  /// The names that columns had so far: of a format with headers those of the input at hand, else
  /// all; none if that is not known.
  virtual std::optional<std::vector<std::string>> names() const { return std::nullopt; }

  /// Reads records from the front of `from`, and moves its front past them. Call again until the
  /// block is empty.
  ///
  /// Errors: what makes the whole input useless, such as a header that names a column twice.
  virtual result<read_records> read(raw_block& from) = 0;
};

}  // namespace weir::codecs
