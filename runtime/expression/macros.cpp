#include "runtime/expression/macros.hpp"

namespace weir::syntax {
namespace {

constexpr macro_entry table[] = {
    {macro::all, "all", 1, "list.all(name, condition) -> bool", "tags.all(t, size(t) < 20)",
     "Whether the condition holds for every item; true where there is none."},
    {macro::exists, "exists", 1, "list.exists(name, condition) -> bool",
     "tags.exists(t, t.startsWith('x-'))", "Whether it holds for one item at least."},
    {macro::exists_one, "exists_one", 1, "list.exists_one(name, condition) -> bool",
     "tags.exists_one(t, t == 'main')", "Whether it holds for exactly one item."},
    {macro::filter, "filter", 1, "list.filter(name, condition) -> list", "tags.filter(t, t != '')",
     "The items for which it holds."},
    {macro::map, "map", 2, "list.map(name, [condition,] value) -> list",
     "items.map(i, i.price > 0, i.name)", "The value for each item, or for those where it holds."},
};

}  // namespace

std::span<const macro_entry> macros() { return table; }

const macro_entry* find_macro(std::string_view name) {
  for (const auto& entry : table)
    if (entry.name == name) return &entry;
  return nullptr;
}

std::string_view name_of(macro is) {
  for (const auto& entry : table)
    if (entry.is == is) return entry.name;
  return {};
}

}  // namespace weir::syntax
