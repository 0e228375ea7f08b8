#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace weir {

/// A block of bytes that columns share. Written by its maker, immutable once shared.
///
/// Memory: 64 bytes beyond `capacity()` may be read (never written, their value is unspecified), so
///         that SIMD readers need no tail case. Fresh bytes are not zeroed.
class buffer {
 public:
  static constexpr std::size_t padding = 64;

  explicit buffer(std::size_t capacity);
  buffer(const buffer&) = delete;
  buffer& operator=(const buffer&) = delete;

  char* data() { return bytes_.get(); }
  const char* data() const { return bytes_.get(); }
  std::size_t capacity() const { return capacity_; }

  /// The storage as `count` objects of a trivial type.
  /// Requires: count * sizeof(T) <= capacity().
  template <class T>
  std::span<T> as(std::size_t count) {
    return {reinterpret_cast<T*>(data()), count};
  }
  template <class T>
  std::span<const T> as(std::size_t count) const {
    return {reinterpret_cast<const T*>(data()), count};
  }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_;
};

using buffer_ptr = std::shared_ptr<const buffer>;

/// A buffer that holds a copy of `bytes`.
buffer_ptr copy_to_buffer(std::string_view bytes);

}  // namespace weir
