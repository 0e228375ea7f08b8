#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/byte_size.hpp"
#include "runtime/data/column.hpp"
#include "runtime/data/places.hpp"
#include "runtime/data/schema.hpp"
#include "runtime/data/text_buffer.hpp"

namespace weir {

/// Rows that count, ascending and distinct; shared.
using selection_ptr = std::shared_ptr<const std::vector<std::uint32_t>>;

/// The text that each record was read from, for as long as no stage has changed the records.
struct raw_records {
  std::string format;  ///< `ndjson`, `csv`, `lines`: a writer of the same format copies the text
  std::string header;  ///< what the text means beyond its format: of csv, the names in order
  column_ptr text;     ///< a string a physical row, without the line end
};

/// The keys of those records whose own order is not that of the columns.
///
/// A record with few keys, or keys in the columns' order, is not listed. So a record is written in
/// the order it came in, whatever other records share its chunk. Columns that an order does not
/// name follow behind those it names, so a stage that adds columns keeps the orders as they are;
/// one that takes columns away, or moves them, renumbers or drops them.
struct key_orders {
  std::vector<std::vector<std::uint32_t>> orders;  ///< column numbers in the order of a record
  std::vector<std::uint32_t> of_row;               ///< order + 1 by physical row; 0: the columns'
};

/// Many records with the same columns: what crosses an edge at once. Immutable and shared.
///
/// All columns have `rows()` physical rows; where there is a selection only its rows are records,
/// `size()` of them, and the others must not be looked at. A stage that only selects shares the
/// columns and gives another selection; a stage that adds a column gives it `rows()` rows.
///
/// Memory: `bytes()` is all that the chunk keeps alive, shared buffers in full.
/// Threads: may be read from any number of threads.
class chunk {
 public:
  struct parts {
    schema_ptr columns_schema = nullptr;
    std::vector<column_ptr> columns = {};
    std::uint32_t rows = 0;
    selection_ptr selection = nullptr;
    places_ptr record_places = nullptr;
    std::shared_ptr<const raw_records> raw = nullptr;
    std::shared_ptr<const key_orders> orders = nullptr;
    /// All records as the sink right below writes them, where that had it made ahead: in no other
    /// chunk. There may be no columns then.
    std::shared_ptr<const text_buffer> prepared = nullptr;
  };

  explicit chunk(parts from);

  /// Number of records.
  std::uint32_t size() const {
    return parts_.selection ? static_cast<std::uint32_t>(parts_.selection->size()) : parts_.rows;
  }
  /// Number of physical rows.
  std::uint32_t rows() const { return parts_.rows; }
  byte_size bytes() const { return bytes_; }

  const weir::schema& schema() const { return *parts_.columns_schema; }
  const schema_ptr& shared_schema() const { return parts_.columns_schema; }
  const std::vector<column_ptr>& columns() const { return parts_.columns; }
  /// The column of that name; null where no record of the chunk has it.
  const column* find(std::string_view name) const;
  const selection_ptr& selection() const { return parts_.selection; }

  /// The place of a physical row; none for records that were made, not read.
  std::optional<record_place> place(std::size_t row) const;
  const places_ptr& record_places() const { return parts_.record_places; }
  const std::shared_ptr<const raw_records>& raw() const { return parts_.raw; }
  const std::shared_ptr<const key_orders>& orders() const { return parts_.orders; }
  const std::shared_ptr<const text_buffer>& prepared() const { return parts_.prepared; }

  /// All there is, to be changed and made into another chunk.
  const parts& all() const { return parts_; }

  /// Calls `visit(row)` with the physical row of each record, in order.
  template <class Visit>
  void each_row(Visit visit) const {
    if (parts_.selection) {
      for (const auto row : *parts_.selection) visit(row);
    } else {
      for (std::uint32_t row = 0; row < parts_.rows; ++row) visit(row);
    }
  }
  /// The physical row of record number `index`.
  std::uint32_t row_of(std::uint32_t index) const {
    return parts_.selection ? (*parts_.selection)[index] : index;
  }

 private:
  parts parts_;
  byte_size bytes_;
};

using chunk_ptr = std::shared_ptr<const chunk>;

chunk_ptr make_chunk(chunk::parts from);
/// A chunk without columns and records.
chunk_ptr empty_chunk();

/// The records at the physical rows `rows` (ascending, each one of `from`'s records), sharing all
/// columns.
chunk_ptr select(const chunk_ptr& from, std::vector<std::uint32_t> rows);

/// Records number `first` to `first + count`, sharing all columns.
/// Requires: first + count <= from->size().
chunk_ptr slice(const chunk_ptr& from, std::uint32_t first, std::uint32_t count);

/// The same records in columns of their own, without a selection.
chunk_ptr compact(const chunk_ptr& from);

/// `compact` where less than a quarter of the rows are records, else `from` itself: the rule for
/// crossing an edge.
chunk_ptr compact_if_sparse(const chunk_ptr& from);

/// All records in order in one chunk without a selection. The columns are the union, in order of
/// first appearance; raw text is kept where all chunks have it in one format and header. A column
/// that is declared with different types becomes dynamic.
chunk_ptr concatenate(std::span<const chunk_ptr> chunks);

}  // namespace weir
