#include "runtime/data/type.hpp"

#include <array>

#include "runtime/base/check.hpp"

namespace weir {
namespace {

struct named_type {
  std::string_view name;
  column_type type;
  value_kind kind;
};

constexpr std::array names = {
    named_type{"dynamic", column_type::dynamic, value_kind::null},
    named_type{"bool", column_type::boolean, value_kind::boolean},
    named_type{"int", column_type::int64, value_kind::int64},
    named_type{"double", column_type::float64, value_kind::float64},
    named_type{"timestamp", column_type::timestamp, value_kind::timestamp},
    named_type{"duration", column_type::duration, value_kind::duration},
    named_type{"string", column_type::string, value_kind::string},
    named_type{"bytes", column_type::bytes, value_kind::bytes},
    named_type{"json", column_type::json, value_kind::json},
};

}  // namespace

std::string_view name_of(column_type type) { return names[static_cast<std::size_t>(type)].name; }

std::string_view name_of(value_kind kind) {
  if (kind == value_kind::null) return "null";
  return name_of(type_of(kind));
}

std::optional<column_type> column_type_named(std::string_view name) {
  for (const auto& known : names)
    if (known.name == name) return known.type;
  return std::nullopt;
}

value_kind kind_of(column_type type) {
  WEIR_CHECK(type != column_type::dynamic, "a dynamic column has no single kind of value");
  return names[static_cast<std::size_t>(type)].kind;
}

column_type type_of(value_kind kind) {
  for (const auto& known : names)
    if (known.kind == kind) return known.type;
  return column_type::dynamic;
}

}  // namespace weir
