#include "actors/support/parsed_texts.hpp"

#include <fmt/format.h>

namespace weir {

error text_rows::not_a_text(value_kind kind) const {
  if (kind == value_kind::null)
    return {"not-a-text", fmt::format("there is no column '{}' to parse", name_), {}};
  return {
      "not-a-text", fmt::format("column '{}' holds a {}, not a text", name_, name_of(kind)), {}};
}

}  // namespace weir
