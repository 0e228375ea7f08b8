#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weir {

/// Whether most of the numbers are like the one before them, by the first few of them.
inline bool are_mostly_runs(std::span<const std::uint32_t> numbers) {
  constexpr std::size_t looked_at = 256;
  const std::size_t count = std::min(numbers.size(), looked_at);
  std::uint32_t same = 0;
  for (std::size_t i = 1; i < count; ++i) same += numbers[i] == numbers[i - 1] ? 1U : 0U;
  return same > count / 8 * 7;
}

/// What an array takes beside its own memory while it grows to that size.
template <class T>
std::size_t bytes_to_grow(const std::vector<T>& array, std::size_t size) {
  return size > array.capacity() ? 2 * array.capacity() * sizeof(T) : 0;
}

/// Finds things that lie in an array elsewhere, by hash: holds only their hashes and numbers.
///
/// Open addressing with linear probing: a quarter full at most while that is small enough for a
/// cache, since a second probe is a branch that nothing predicts; later half.
///
/// Memory: 8 KiB, 32 to 64 bytes a thing up to 16,384 things, then 16 to 32.
/// Threads: one thread at a time.
class hash_index {
 public:
  hash_index() : slots_(first_slots) {}

  /// Answers the number of the thing with that hash for which `same(number)` holds; else what
  /// `make()` answers, which is the number of the new thing.
  template <class Same, class Make>
  std::uint32_t find_or_make(std::uint32_t hash, Same same, Make make) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      const slot found = slots_[at];
      if (found.number == none) return add(hash, make());
      if (found.hash == hash && same(found.number)) return found.number;
    }
  }

  std::size_t bytes() const { return slots_.capacity() * sizeof(slot); }
  /// What it takes beside that to add so many things: while it grows, the old place is there too.
  std::size_t bytes_to_grow(std::size_t more) const {
    return is_full(used_ + more) ? 2 * bytes() : 0;
  }

 private:
  static constexpr std::uint32_t none = 0xFFFFFFFF;
  static constexpr std::size_t first_slots = 1024;
  static constexpr std::size_t sparse_slots_max = 65536;

  struct slot {
    std::uint32_t hash = 0;
    std::uint32_t number = none;
  };

  bool is_full(std::size_t used) const {
    return used * (slots_.size() < sparse_slots_max ? 4 : 2) > slots_.size();
  }
  std::uint32_t add(std::uint32_t hash, std::uint32_t number) {
    if (is_full(++used_)) {
      std::vector<slot> old(slots_.size() * 2);
      old.swap(slots_);
      for (const slot& s : old)
        if (s.number != none) put(s);
    }
    put({hash, number});
    return number;
  }
  void put(slot what) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = what.hash & mask;
    while (slots_[at].number != none) at = (at + 1) & mask;
    slots_[at] = what;
  }

  std::vector<slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace weir
