#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

  void write(const chunk& from, text_buffer& out, std::vector<refused_record>& refused) override;
  std::unique_ptr<record_writer> beside() const override {
    return std::make_unique<ndjson_writer>(nulls_);
  }

 private:
  // `"name":`, and behind it a quote and room to be copied by blocks.
  class key_text {
   public:
    explicit key_text(std::string_view name);
    std::string_view text() const { return {text_.data(), size_}; }

   private:
    std::string text_;
    std::size_t size_;
  };

  // A column as it is written in a chunk.
  struct member {
    enum class way : std::uint8_t { text, short_text, timestamp, int64, rare };

    way how = way::rare;
    const char* key = nullptr;  // with the quote of what is written as a string
    std::size_t key_size = 0;   // likewise
    const std::uint64_t* validity = nullptr;
    const key_text* name = nullptr;
    const open_column* from = nullptr;
  };

  void learn_keys(const schema_ptr& columns);
  member member_of(const key_text& key, const open_column& from) const;
  void meet(const chunk& from);
  char* put_record(text_buffer& out, char* at, std::uint32_t row, std::span<const member> order);
  char* put_rare(text_buffer& out, char* at, const member& what, std::uint32_t row);

  nulls_written nulls_;
  last_timestamp last_time_;
  schema_ptr known_;
  std::vector<key_text> keys_;  // of each column
  // Of the chunk at hand.
  std::vector<open_column> columns_;
  std::vector<std::vector<member>> orders_;
};

}  // namespace weir::codecs
