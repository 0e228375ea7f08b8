#include "runtime/data/buffer.hpp"

#include <cstring>

namespace weir {

buffer::buffer(std::size_t capacity)
    : bytes_(std::make_unique_for_overwrite<char[]>(capacity + padding)), capacity_(capacity) {}

buffer_ptr copy_to_buffer(std::string_view bytes) {
  auto copy = std::make_shared<buffer>(bytes.size());
  std::memcpy(copy->data(), bytes.data(), bytes.size());
  return copy;
}

}  // namespace weir
