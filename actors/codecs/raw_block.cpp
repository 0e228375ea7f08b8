#include "actors/codecs/raw_block.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::codecs {

void skip_byte_order_mark(raw_block& from) {
  if (from.offset != 0 || !from.text().starts_with(byte_order_mark)) return;
  from.begin += static_cast<std::uint32_t>(byte_order_mark.size());
  from.offset += byte_order_mark.size();
}

bad_record too_long_record(std::uint64_t offset, std::uint64_t line, std::uint64_t length,
                           std::string_view head, byte_size record_max) {
  return {
      .offset = offset,
      .line = line,
      .bytes = std::string(head.substr(0, std::min<std::uint64_t>(too_long_kept_bytes, length))),
      .code = "record-too-long",
      .reason =
          fmt::format("a record of {} bytes; max_record allows {}", length, to_text(record_max))};
}

}  // namespace weir::codecs
