#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/codecs/json_index.hpp"
#include "actors/codecs/json_walker.hpp"
#include "actors/codecs/key_name.hpp"
#include "actors/codecs/record_reader.hpp"
#include "actors/codecs/row_marks.hpp"
#include "runtime/data/column_builder.hpp"

namespace weir::codecs {

/// More keys than this make a record a bad one.
inline constexpr std::size_t keys_per_record_max = 10'000;

/// The keys that records have, and the columns of the chunk that is being read.
///
/// Keys are expected to follow the key that they followed last: then no map is asked.
class ndjson_columns {
 public:
  enum class wish { skip, take, stop };

  explicit ndjson_columns(const reader_options& options) : options_(options) {}

  /// Begins a chunk whose strings lie in `data`.
  void begin_chunk(const buffer_ptr& data);
  /// Begins a record whose positions count from `base` in the buffer.
  void begin_record(std::uint32_t base);
  /// Requires: the key stands in the buffer, so that bytes behind it may be read.
  wish key(std::string_view text, bool escaped) {
    if (++keys_ > keys_per_record_max) return too_many_keys();
    std::uint32_t& expected = last_ == none ? first_ : slots_[last_]->next;
    if (expected == none || escaped || !slots_[expected]->name.is(text))
      expected = find_slot(text, escaped);
    key_ = last_ = expected;
    slot& at = *slots_[key_];
    if (at.seen_in_chunk != chunk_number_) {
      at.seen_in_chunk = chunk_number_;
      at.column = none;
      ++slots_seen_;
    }
    // Declared types are checked whether the column is wanted or not.
    if (!at.wanted && at.type == column_type::dynamic) return wish::skip;
    if (at.seen_in_record == record_number_) return wish::skip;
    at.seen_in_record = record_number_;
    return wish::take;
  }
  bool take(const scanned_value& value);
  /// Adds the record to the columns. Without this call nothing of it stays.
  void add_record();
  /// Why the record was stopped; empty: because it is not JSON.
  const std::string& problem() const { return problem_; }
  const std::string& problem_code() const { return problem_code_; }

  /// The keys that records had; none once some were forgotten.
  std::optional<std::vector<std::string>> names() const;

  /// Whether the chunk keeps to its bound of cells if the record is added.
  bool has_room() const;
  /// Gives `out` its columns, each of `rows` rows, and key orders.
  void finish_chunk(chunk::parts& out);

 private:
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  struct slot {
    key_name name;
    bool wanted = false;
    column_type type = column_type::dynamic;
    std::uint32_t next = none;         // the key that followed it last
    std::uint32_t column = none;       // in this chunk
    std::uint64_t seen_in_record = 0;  // number of the record
    std::uint64_t seen_in_chunk = 0;   // number of the chunk
    std::uint32_t shared = 0;          // the buffer's number in the builder
    column_builder values = column_builder();
  };
  struct member {
    std::uint32_t slot = 0;
    scanned_value value;
    double float64 = 0;
  };

  wish too_many_keys();
  std::uint32_t find_slot(std::string_view name, bool escaped);
  bool convert_declared(const slot& in, member& found);
  void append(slot& to, const member& from);
  void note_order();
  void forget_rare();
  std::string_view text_of(const scanned_value& value) const {
    return {data_->data() + base_ + value.begin, value.end - value.begin};
  }

  const reader_options& options_;
  std::vector<std::unique_ptr<slot>> slots_;
  std::unordered_map<std::string_view, std::uint32_t> by_name_;  // views slot::name.text()
  std::uint32_t first_ = none;  // the key that the last record began with
  std::uint32_t last_ = none;   // the key before, in this record
  std::uint32_t key_ = none;    // the key at hand
  std::uint64_t record_number_ = 0;
  std::uint64_t chunk_number_ = 0;
  std::size_t keys_ = 0;
  std::size_t slots_seen_ = 0;
  bool forgot_ = false;
  std::string problem_;
  std::string problem_code_;
  std::string scratch_;

  buffer_ptr data_;
  std::uint32_t base_ = 0;
  std::uint32_t rows_ = 0;
  std::vector<member> members_;
  std::vector<std::uint32_t> active_;  // slots by column number
  key_orders orders_;
  std::vector<std::uint32_t> order_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> known_orders_;
  schema_ptr schema_;
};

/// Reads NDJSON: a JSON object a line, in UTF-8. Empty lines are skipped, also a byte order mark.
///
/// Every line is checked to its last byte, whatever columns are wanted. Of a key that comes twice
/// the first counts.
///
/// Memory: cells of a chunk are bounded by `chunk_cells_max`, keys that are remembered by what the
///         last chunk held.
class ndjson_reader final : public record_reader {
 public:
  explicit ndjson_reader(reader_options options);

  result<read_records> read(raw_block& from) override;
  std::optional<std::vector<std::string>> names() const override { return columns_.names(); }

 private:
  void begin_block(const raw_block& from);
  bool read_line(std::uint32_t begin, std::uint32_t end, std::uint64_t line,
                 std::vector<bad_record>& bad);
  json_walker<ndjson_columns>::found walk(std::uint32_t begin, std::uint32_t end);
  bad_record refuse(std::uint32_t begin, std::uint32_t end, std::uint64_t line) const;
  std::optional<std::string> other_form(std::string_view first) const;

  reader_options options_;
  ndjson_columns columns_;
  json_walker<ndjson_columns> walker_;
  json_index index_;
  row_marks marks_;
  // The block at hand while it is not read to its end, what of it is next, and where the index
  // begins. Without an index of the whole each line gets its own.
  buffer_ptr block_;
  std::uint32_t next_ = 0;
  std::uint32_t base_ = 0;
  bool indexed_ = false;
};

}  // namespace weir::codecs
