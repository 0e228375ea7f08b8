#pragma once

#include <string>
#include <vector>

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
  void learn_keys(const schema_ptr& columns);
  void append_record(const chunk& from, std::uint32_t row, std::string& out) const;

  nulls_written nulls_;
  schema_ptr known_;
  std::vector<std::string> keys_;  // of each column, `"name":`
};

}  // namespace weir::codecs
