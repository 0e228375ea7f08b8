#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/codecs/json_index.hpp"
#include "actors/codecs/json_walker.hpp"
#include "actors/codecs/key_name.hpp"
#include "actors/codecs/record_reader.hpp"
#include "actors/codecs/row_marks.hpp"
#include "actors/codecs/usual_member.hpp"
#include "runtime/data/column_builder.hpp"

namespace weir::codecs {

/// More keys than this make a record a bad one.
inline constexpr std::size_t keys_per_record_max = 10'000;

/// The keys that records have, and the columns of the chunk that is being read.
///
/// Keys are expected to follow the key that they followed last: then no map is asked. Values go
/// into the columns as they are found, and are taken back if the record turns out not to be one.
class ndjson_columns {
 public:
  enum class wish { skip, take, stop };

  explicit ndjson_columns(const reader_options& options) : options_(options) {}
  ndjson_columns(const ndjson_columns&) = delete;
  ndjson_columns& operator=(const ndjson_columns&) = delete;

  /// Begins a chunk whose strings lie in `data`.
  void begin_chunk(const buffer_ptr& data);
  /// Begins a record whose positions count from `base` in the buffer.
  void begin_record(std::uint32_t base);
  /// Requires: the key stands in the buffer, so that bytes behind it may be read.
  wish key(std::string_view text, bool escaped) {
    slot* at = last_->next;
    if (at == nullptr || escaped || !at->name.is(text)) last_->next = find_slot(text, escaped);
    return take_expected();
  }
  const key_name* expected() const { return last_->next == nullptr ? nullptr : &last_->next->name; }
  wish take_expected() {
    last_ = last_->next;
    if (++keys_ > keys_per_record_max) return too_many_keys();
    if (last_->record + 1 != record_number_) return meet(*last_);
    last_->record = record_number_;
    return last_->is_read ? wish::take : wish::skip;
  }
  bool take(scanned_value& value) {
    if (last_->is_declared && !convert_declared(*last_, value)) return false;
    if (last_->wanted) {
      order_[found_++] = last_->column;
      append(*last_, value);
    }
    return true;
  }
  bool take_text(std::uint32_t begin, std::uint32_t end) {
    if (last_->is_declared) {
      scanned_value value{.begin = begin, .end = end, .kind = value_kind::string};
      return take(value);
    }
    const auto length = end - begin;
    order_[found_++] = last_->column;
    last_->values.append_shared({text_ + begin, length}, last_->shared, base_ + begin);
    return true;
  }
  bool take_usual(usual_member& member, std::size_t row, scanned_value& value);
  /// Adds the record to the columns. Without this call nothing of it stays.
  void add_record();

  /// Records as they usually are, whose values are put into rows without a call each.
  struct usual_rows {
    std::span<usual_member> members;
    std::uint32_t begin = 0;  ///< the first row
    std::uint32_t end = 0;    ///< the row behind the last one that there is room for
  };
  /// Takes the keys of the record that was added last as what the next ones have. They may turn out
  /// to have others.
  void learn_usual();
  std::span<const usual_member> usual() const { return usual_; }
  /// Begins records that have these keys, whose positions count from `base` in the buffer. There
  /// are no members where none were learnt, or the chunk has no such record yet.
  usual_rows begin_usual(std::uint32_t base);
  /// Adds those in the rows up to `rows_end`; of others nothing stays.
  void end_usual(std::uint32_t rows_end);
  /// Why the record was stopped; empty: because it is not JSON.
  const std::string& problem() const { return problem_; }
  const std::string& problem_code() const { return problem_code_; }

  /// The keys that records had; none once some were forgotten.
  std::optional<std::vector<std::string>> names() const;

  /// Whether the chunk keeps to its bound of cells if the record is added.
  bool has_room() const {
    return has_room_ && (rows_ == 0 || active_.size() * (rows_ + 1) <= chunk_cells_max);
  }
  /// Gives `out` its columns, each of `rows` rows, and key orders.
  void finish_chunk(chunk::parts& out);

 private:
  static constexpr std::uint32_t none = 0xFFFFFFFF;

  struct slot {
    key_name name;
    slot* next = nullptr;         // the key that followed it last
    std::uint64_t record = 0;     // number of the last one that has it
    std::uint64_t listed = 0;     // when `usual_` was learnt that lists it, as `record`
    std::uint32_t column = none;  // in this chunk
    std::uint32_t shared = 0;     // the buffer's number in the builder
    bool wanted = false;
    bool is_declared = false;
    bool is_read = false;  // wanted, or of a declared type: that is checked in any case
    column_type type = column_type::dynamic;
    column_builder values = column_builder();
  };

  wish too_many_keys();
  wish meet(slot& at);
  bool begin_column(slot& of);
  slot* find_slot(std::string_view name, bool escaped);
  bool convert_declared(const slot& in, scanned_value& value);
  void append(slot& to, const scanned_value& value) {
    if (value.kind == value_kind::int64) {
      to.values.append_int64(value.int64);
    } else if (value.kind == value_kind::float64) {
      to.values.append_shared_float64(value.float64, text_of(value), to.shared,
                                      base_ + value.begin);
    } else {
      append_other(to, value);
    }
  }
  void append_other(slot& to, const scanned_value& value);
  void take_back();
  void note_order(std::uint32_t first_row);
  void open_usual(usual_member& member, slot& of);
  static void count_usual(const usual_member& member, slot& of, std::size_t row);
  void forget_rare();
  std::string_view text_of(const scanned_value& value) const {
    return {text_ + value.begin, value.end - value.begin};
  }

  const reader_options& options_;
  std::vector<std::unique_ptr<slot>> slots_;
  std::unordered_map<std::string_view, slot*> by_name_;  // views slot::name.text()
  slot start_{key_name("")};                             // no key: what stands before the first
  // Each record has a number, in ascending order. It is one more than that of the record before it
  // only if that was added to the same chunk: what has its key's number then has its column, and
  // in it a value for each row.
  std::uint64_t record_number_ = 0;
  std::uint64_t first_of_chunk_ = 0;
  std::size_t slots_seen_ = 0;
  bool forgot_ = false;
  std::string problem_;
  std::string problem_code_;
  std::string scratch_;

  buffer_ptr data_;
  std::uint32_t rows_ = 0;
  std::vector<slot*> active_;      // by column number
  std::size_t columns_added_ = 0;  // of them, those that records have that were added
  key_orders orders_;
  // Of the record at hand. Of none, and of one that was added, there are no keys.
  std::uint32_t base_ = 0;
  const char* text_ = nullptr;  // where its positions count from
  slot* last_ = &start_;        // the last key
  std::size_t keys_ = 0;
  bool has_room_ = true;              // for its new columns
  std::vector<std::uint32_t> order_;  // its columns' numbers, and room for one of each column
  std::size_t found_ = 0;
  std::vector<std::uint32_t> scratch_order_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> known_orders_;
  schema_ptr schema_;
  // What the next records usually have, and whose it is; the two are as long.
  std::vector<usual_member> usual_;
  std::vector<slot*> usual_slots_;
  std::size_t usual_end_ = 0;  // behind the last row that their arrays have room for
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
  using found = json_walker<ndjson_columns>::found;

  void begin_block(const raw_block& from);
  enum class kept { now, later };
  kept take_line(found what, std::uint32_t begin, std::uint32_t line_end, std::uint64_t line,
                 std::vector<bad_record>& bad);
  std::uint32_t compact_line(std::uint32_t begin);
  std::uint32_t without_return(std::uint32_t begin, std::uint32_t end) const;
  void read_usual(const raw_block& from, std::uint32_t& at, std::uint64_t& line);
  bool read_usual_rows(const raw_block& from, std::uint32_t& at, std::uint64_t& line);
  found walk(std::uint32_t begin, std::uint32_t end);
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
  // Tries in a row that found too few lines that are as usual, and lines that are read before the
  // next try.
  std::uint32_t misses_ = 0;
  std::uint32_t lines_before_try_ = 0;
};

}  // namespace weir::codecs
