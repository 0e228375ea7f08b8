#include "runtime/data/text_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

constexpr std::size_t copied_at_once = 64;
constexpr std::size_t least_room = 2 * text_buffer::piece_max;

// Where something begins in `bytes` that is to lie like `place`.
std::size_t front_like(std::uint64_t place, const char* bytes) {
  return (place - reinterpret_cast<std::uintptr_t>(bytes)) % copied_at_once;
}

}  // namespace

void text_buffer::clear(std::uint64_t place) {
  size_ = 0;
  make_room(piece_max);
  front_ = front_like(place, bytes_.get());
}

text_buffer& text_buffer::operator+=(std::string_view more) {
  make_room(more.size());
  if (!more.empty()) std::memcpy(data() + size_, more.data(), more.size());
  size_ += more.size();
  return *this;
}

void text_buffer::grow(std::size_t bytes) {
  const auto capacity = std::max({least_room, 2 * capacity_, size_ + bytes}) + copied_at_once;
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  const auto front = front_like(reinterpret_cast<std::uintptr_t>(data()), larger.get());
  if (size_ > 0) std::memcpy(larger.get() + front, data(), size_);
  bytes_ = std::move(larger);
  capacity_ = capacity;
  front_ = front;
}

}  // namespace weir
