#include "actors/codecs/row_marks.hpp"

#include <cstring>

namespace weir::codecs {

void row_marks::begin(const raw_block& from, bool keep_raw) {
  block_ = from;
  keep_raw_ = keep_raw;
  positions_.clear();
  texts_.clear();
}

void row_marks::finish(chunk::parts& out, const std::string& format, const std::string& header) {
  out.rows = size();
  out.record_places = std::make_shared<const places>(
      places({0, block_.input, block_.offset, block_.line}, positions_));
  if (keep_raw_) {
    auto values = std::make_shared<buffer>(texts_.size() * sizeof(string_ref));
    if (!texts_.empty())
      std::memcpy(values->data(), texts_.data(), texts_.size() * sizeof(string_ref));
    out.raw =
        std::make_shared<const raw_records>(raw_records{format, header,
                                                        column::of({.storage = storage_kind::string,
                                                                    .size = texts_.size(),
                                                                    .values = std::move(values),
                                                                    .data = {block_.data}})});
  }
  block_ = {};
}

}  // namespace weir::codecs
