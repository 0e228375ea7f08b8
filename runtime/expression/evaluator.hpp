#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "runtime/data/chunk.hpp"
#include "runtime/expression/expression.hpp"

namespace weir {

/// The values of an expression over a chunk.
struct evaluated {
  /// A value for each of the chunk's records, in physical rows; other rows are unspecified.
  column_ptr values;
  /// The records that have no value, by ascending physical row.
  struct record_error {
    std::uint32_t row;
    std::string code;  ///< `division-by-zero`, `overflow`, `type-mismatch`, `conversion`, ...
    std::string text;
  };
  std::vector<record_error> errors;
};

/// Evaluates an expression over chunks, column by column.
///
/// Kernels are compiled once for each sequence of chunks with the same schema; a chunk that differs
/// compiles anew. Which loop a kernel runs is chosen once a chunk, by the storage at hand. A result
/// that is a column of the chunk is that column, not a copy.
///
/// Threads: one thread at a time. Copies of one expression may be evaluated side by side.
class evaluator {
 public:
  explicit evaluator(expression what);
  ~evaluator();
  evaluator(evaluator&&) noexcept;
  evaluator& operator=(evaluator&&) noexcept;

  /// Once that is requested, what takes long comes to an early end, and any values are given: for
  /// runs that are aborted. Whoever lists, and lists in lists, decides how long a record takes.
  void stop_by(std::stop_token aborted);

  /// Errors: those of single records, in the result; none of the whole.
  evaluated evaluate(const chunk& over);

  /// The records for which the expression is true: null and false are no. A value that is not a
  /// boolean is an error of its record.
  struct chosen {
    std::vector<std::uint32_t> rows;  ///< physical, ascending
    std::vector<evaluated::record_error> errors;
  };
  chosen choose(const chunk& over);

 private:
  struct compiled;
  std::unique_ptr<compiled> compiled_;
};

}  // namespace weir
