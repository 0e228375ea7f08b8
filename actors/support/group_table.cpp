#include "actors/support/group_table.hpp"

#include <algorithm>
#include <numeric>

#include "runtime/base/check.hpp"

namespace weir {
namespace {

// splitmix64's finisher.
std::uint32_t hash_of_pair(std::uint32_t left, std::uint32_t right, std::uint64_t seed) {
  std::uint64_t z = ((static_cast<std::uint64_t>(left) << 32 | right) ^ seed);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return static_cast<std::uint32_t>(z ^ (z >> 31));
}

}  // namespace

group_table::group_table(std::size_t keys, std::uint64_t seed)
    : seed_(seed), combined_(keys > 1 ? keys - 1 : 0) {
  values_.reserve(keys);
  for (std::size_t k = 0; k < keys; ++k) values_.emplace_back(seed);
}

void group_table::find(std::span<const column* const> keys, std::span<const std::uint32_t> rows,
                       std::span<std::uint32_t> groups) {
  WEIR_CHECK(keys.size() == values_.size(), "a group needs a column for each key");
  if (keys.empty()) {
    std::fill(groups.begin(), groups.end(), 0);
    return;
  }
  values_.front().find(*keys.front(), rows, groups);
  for (std::size_t k = 1; k < keys.size(); ++k) {
    numbers_.resize(rows.size());
    values_[k].find(*keys[k], rows, numbers_);
    combined_[k - 1].find(numbers_, groups, seed_);
  }
}

// Sets each group to that of it and the value's number.
void group_table::combinations::find(std::span<const std::uint32_t> values,
                                     std::span<std::uint32_t> groups, std::uint64_t seed) {
  if (!are_mostly_runs(groups) || !are_mostly_runs(values)) {
    for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = find(groups[i], values[i], seed);
    return;
  }
  std::uint32_t before = groups.front();
  std::uint32_t group = find(before, values.front(), seed);
  groups.front() = group;
  for (std::size_t i = 1; i < groups.size(); ++i) {
    if (groups[i] != before || values[i] != values[i - 1]) {
      before = groups[i];
      group = find(before, values[i], seed);
    }
    groups[i] = group;
  }
}

inline std::uint32_t group_table::combinations::find(std::uint32_t before, std::uint32_t value,
                                                     std::uint64_t seed) {
  return index.find_or_make(
      hash_of_pair(before, value, seed),
      [&](std::uint32_t n) { return pairs[n].before == before && pairs[n].value == value; },
      [&] {
        pairs.push_back({before, value});
        return static_cast<std::uint32_t>(pairs.size() - 1);
      });
}

void group_table::find(const group_table& from, std::span<std::uint32_t> groups) {
  WEIR_CHECK(from.values_.size() == values_.size(), "groups by other keys");
  if (values_.empty()) {
    std::fill(groups.begin(), groups.end(), 0);
    return;
  }
  // Of the combinations with each further key, those of the other table here.
  std::vector<std::uint32_t> found(from.values_.front().size());
  values_.front().find(from.values_.front(), found);
  for (std::size_t k = 1; k < values_.size(); ++k) {
    numbers_.resize(from.values_[k].size());
    values_[k].find(from.values_[k], numbers_);
    const auto& pairs = from.combined_[k - 1].pairs;
    std::vector<std::uint32_t> next(pairs.size());
    for (std::size_t i = 0; i < pairs.size(); ++i)
      next[i] = combined_[k - 1].find(found[pairs[i].before], numbers_[pairs[i].value], seed_);
    found = std::move(next);
  }
  std::copy(found.begin(), found.end(), groups.begin());
}

std::size_t group_table::size() const {
  if (values_.empty()) return 1;
  return combined_.empty() ? values_.front().size() : combined_.back().pairs.size();
}

value_view group_table::key(std::uint32_t group, std::size_t key) const {
  return values_[key].at(value_of(group, key));
}

std::string_view group_table::form(std::uint32_t group, std::size_t key) const {
  return values_[key].form(value_of(group, key));
}

// The number of a key column's value in its own table.
std::uint32_t group_table::value_of(std::uint32_t group, std::size_t key) const {
  for (std::size_t k = combined_.size(); k > 0; --k) {
    const auto& pair = combined_[k - 1].pairs[group];
    if (k == key) return pair.value;
    group = pair.before;
  }
  return group;
}

std::vector<std::uint32_t> group_table::sorted() const {
  std::vector<std::uint32_t> ranks(size(), 0);
  if (!values_.empty()) ranks = values_.front().ranks();
  std::vector<std::uint32_t> order;
  // A combination's rank follows from the rank of what stands before and that of its own value.
  for (std::size_t k = 0; k < combined_.size(); ++k) {
    const auto& pairs = combined_[k].pairs;
    const auto values = values_[k + 1].ranks();
    order.resize(pairs.size());
    std::iota(order.begin(), order.end(), 0);
    const auto place = [&](std::uint32_t n) {
      return static_cast<std::uint64_t>(ranks[pairs[n].before]) << 32 | values[pairs[n].value];
    };
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return place(a) < place(b); });
    ranks.resize(pairs.size());
    std::vector<std::uint32_t> next(pairs.size());
    for (std::uint32_t rank = 0; rank < order.size(); ++rank) next[order[rank]] = rank;
    ranks = std::move(next);
  }
  order.resize(ranks.size());
  for (std::uint32_t group = 0; group < ranks.size(); ++group) order[ranks[group]] = group;
  return order;
}

std::size_t group_table::bytes() const {
  std::size_t bytes = numbers_.capacity() * sizeof(std::uint32_t);
  for (const auto& v : values_) bytes += v.bytes();
  for (const auto& c : combined_)
    bytes += c.index.bytes() + c.pairs.capacity() * sizeof(combinations::pair);
  return bytes;
}

std::size_t group_table::bytes_to_grow(std::size_t more) const {
  std::size_t bytes = 0;
  for (const auto& v : values_) bytes += v.bytes_to_grow(more);
  for (const auto& c : combined_)
    bytes += c.index.bytes_to_grow(more) + weir::bytes_to_grow(c.pairs, c.pairs.size() + more);
  return bytes;
}

std::size_t group_table::bytes_to_sort() const {
  // Of one column's values an order of 16 bytes each, then ranks; of combinations an order, and
  // ranks of these, of those before and of the column's own values.
  return size() * 6 * sizeof(std::uint32_t);
}

}  // namespace weir
