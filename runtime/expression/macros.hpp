#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace weir::syntax {

/// A method that goes through the items of a list, or the keys of a map, under a name of its own.
enum class macro : std::uint8_t { all, exists, exists_one, filter, map };

struct macro_entry {
  macro is;
  std::string_view name;
  std::uint8_t parts_max;  ///< expressions behind the name; at least one
  std::string_view signature;
  std::string_view example;
  std::string_view summary;
};

/// All macros, in the order of the manual. `has` is a function here.
std::span<const macro_entry> macros();

const macro_entry* find_macro(std::string_view name);
std::string_view name_of(macro is);

}  // namespace weir::syntax
