#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "runtime/base/check.hpp"

// States as bytes, for files that only the run that wrote them reads: in the machine's own order.

namespace weir {

template <class T>
void put_bytes(std::string& to, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
T take_bytes(std::string_view& from) {
  static_assert(std::is_trivially_copyable_v<T>);
  WEIR_CHECK(from.size() >= sizeof(T), "a saved state that ends too soon");
  T value;
  std::memcpy(&value, from.data(), sizeof value);
  from.remove_prefix(sizeof value);
  return value;
}

inline void put_text(std::string& to, std::string_view text) {
  put_bytes(to, static_cast<std::uint32_t>(text.size()));
  to.append(text);
}

inline std::string_view take_text(std::string_view& from) {
  const auto size = take_bytes<std::uint32_t>(from);
  WEIR_CHECK(from.size() >= size, "a saved text that ends too soon");
  const std::string_view text = from.substr(0, size);
  from.remove_prefix(size);
  return text;
}

}  // namespace weir
