#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/codecs/gathered_text.hpp"
#include "actors/codecs/last_timestamp.hpp"
#include "actors/codecs/open_column.hpp"
#include "actors/codecs/record_writer.hpp"
#include "runtime/data/records.hpp"

namespace weir::codecs {

/// Writes NDJSON: each record as a JSON object on its line, keys in the record's own order, without
/// nulls unless told. Refuses nothing.
class ndjson_writer final : public record_writer {
 public:
  explicit ndjson_writer(nulls_written nulls = nulls_written::no) : nulls_(nulls) {}

  void write(const chunk& from, std::string& out, std::vector<refused_record>& refused) override;

 private:
  // `"name":`, with room behind it to be copied by blocks.
  class key_text {
   public:
    explicit key_text(std::string_view name);
    std::string_view text() const { return {text_.data(), size_}; }

   private:
    std::string text_;
    std::size_t size_;
  };

  void learn_keys(const schema_ptr& columns);
  void meet(const chunk& from);
  char* put_record(gathered_text& out, char* at, std::uint32_t row,
                   const std::vector<std::uint32_t>& order);

  nulls_written nulls_;
  last_timestamp last_time_;
  schema_ptr known_;
  std::vector<key_text> keys_;  // of each column
  // Of the chunk at hand.
  std::vector<open_column> columns_;
  std::vector<std::vector<std::uint32_t>> orders_;
};

}  // namespace weir::codecs
