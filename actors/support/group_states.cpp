#include "actors/support/group_states.hpp"

#include <algorithm>

namespace weir {

group_states::group_states(std::size_t keys, std::span<const accumulator_kind> kinds,
                           std::uint64_t seed)
    : groups(keys, seed) {
  for (const auto kind : kinds) running.push_back(make_accumulator(kind));
}

void group_states::merge(const group_states& from) {
  std::vector<std::uint32_t> numbers(from.groups.size());
  groups.find(from.groups, numbers);
  for (std::size_t i = 0; i < running.size(); ++i)
    running[i]->merge(*from.running[i], numbers, groups.size());
  for (const auto& f : from.seen.fields) add_types(seen, f);
}

std::size_t group_states::bytes() const {
  std::size_t bytes = groups.bytes();
  for (const auto& r : running) bytes += r->bytes();
  return bytes;
}

std::size_t group_states::bytes_to_go_on(std::size_t more) const {
  std::size_t bytes = groups.bytes_to_grow(more);
  for (const auto& r : running) bytes += r->bytes_to_grow(groups.size() + more);
  return std::max(bytes, groups.bytes_to_sort());
}

void add_types(known_columns& to, const field& what) {
  const auto known = std::find_if(to.fields.begin(), to.fields.end(),
                                  [&](const field& f) { return f.name == what.name; });
  if (known == to.fields.end()) {
    to.fields.push_back(what);
  } else if (known->type != what.type) {
    known->type = column_type::dynamic;
  }
}

}  // namespace weir
