#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace weir {

/// A file, pipe or socket that records came from, by the name the user knows it by.
struct input_name {
  std::string text;
};

/// Where one record began in its input.
struct record_place {
  std::shared_ptr<const input_name> input;
  std::uint64_t offset = 0;  ///< bytes from the start of the (decompressed) input
  std::uint64_t line = 0;    ///< from 1
};

/// Where the records of a chunk came from, a row each, in physical rows.
///
/// A chunk read at once is one run of one input; chunks that were joined are several runs. Lines
/// are counted by the reader while it looks for line ends: four bytes a record, and right for pipes
/// and compressed files, where nobody could count them afterwards.
class places {
 public:
  /// Rows from `first_row` on lie in `input`, relative to `offset` and `line`.
  struct run {
    std::uint32_t first_row = 0;
    std::shared_ptr<const input_name> input;
    std::uint64_t offset = 0;
    std::uint64_t line = 0;
  };
  struct position {
    std::uint32_t offset = 0;
    std::uint32_t line = 0;
  };

  places() = default;
  places(run only, std::vector<position> rows) : runs_{std::move(only)}, rows_(std::move(rows)) {}

  std::size_t size() const { return rows_.size(); }
  record_place at(std::size_t row) const;

  void append(const places& other);
  /// The rows `positions`, ascending, as places of their own.
  places gather(const std::vector<std::uint32_t>& positions) const;

 private:
  std::vector<run> runs_;
  std::vector<position> rows_;
};

using places_ptr = std::shared_ptr<const places>;

}  // namespace weir
