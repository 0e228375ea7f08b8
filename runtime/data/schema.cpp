#include "runtime/data/schema.hpp"

namespace weir {

std::optional<std::size_t> schema::find(std::string_view name) const {
  for (std::size_t i = 0; i < fields_.size(); ++i)
    if (fields_[i].name == name) return i;
  return std::nullopt;
}

}  // namespace weir
