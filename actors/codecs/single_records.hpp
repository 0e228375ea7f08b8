#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/codecs/record_reader.hpp"

namespace weir::codecs {

/// A record with the place that it has in an input which is not at hand.
struct placed_text {
  std::string_view text;  ///< without a line end
  record_place place;     ///< whose input may be null: then the records made of it have no place
  std::shared_ptr<const std::vector<std::string>> names = nullptr;  ///< as `raw_block::names`
};

/// Reads records one by one, each with a place of its own, and joins what comes of them.
///
/// A record means the same alone and in company, so that this is only slower than a reader that is
/// given a block of them.
///
/// Order:   records as they were given.
/// Memory:  what was given since the last `take`, and twice while it is joined.
/// Threads: one thread at a time.
class single_records {
 public:
  /// What came of one text.
  struct outcome {
    std::vector<chunk_ptr> records;
    std::vector<bad_record> bad;
  };

  /// Reads one text by `reader`; adds nothing yet.
  /// Errors: those of `record_reader::read`.
  static result<outcome> read(record_reader& reader, const placed_text& what);

  void add(std::vector<chunk_ptr> records);

  /// All that was added, in as few chunks as have places throughout, or none.
  std::vector<chunk_ptr> take();

 private:
  std::vector<chunk_ptr> all_;
};

}  // namespace weir::codecs
