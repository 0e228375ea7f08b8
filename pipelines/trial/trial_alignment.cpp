#include "pipelines/trial/trial_alignment.hpp"

#include <algorithm>
#include <cstdint>

namespace weir {
namespace {

constexpr std::size_t table_bytes_max = 1'000'000;

// What differs between two pairs that agree: entries are paired in their order.
void add_differing(std::vector<aligned_pair>& to, const std::vector<std::size_t>& expected,
                   const std::vector<std::size_t>& found) {
  const std::size_t count = std::max(expected.size(), found.size());
  for (std::size_t i = 0; i < count; ++i) {
    aligned_pair& added = to.emplace_back();
    if (i < expected.size()) added.expected = expected[i];
    if (i < found.size()) added.found = found[i];
  }
}

// The longest common subsequence of two ranges, by the table of the lengths of their tails.
class table {
 public:
  table(std::size_t begin, std::size_t expected_end, std::size_t found_end,
        const entries_agree& agree)
      : begin_(begin),
        rows_(expected_end - begin),
        columns_(found_end - begin),
        agree_((rows_ + 1) * (columns_ + 1)),
        best_(agree_.size()) {
    for (std::size_t e = rows_; e-- > 0;)
      for (std::size_t f = columns_; f-- > 0;) {
        agree_[at(e, f)] = agree(begin_ + e, begin_ + f);
        best_[at(e, f)] = agree_[at(e, f)] ? best_[at(e + 1, f + 1)] + 1
                                           : std::max(best_[at(e + 1, f)], best_[at(e, f + 1)]);
      }
  }

  void walk(std::vector<aligned_pair>& to) const {
    std::vector<std::size_t> missing, surplus;
    std::size_t e = 0, f = 0;
    while (e < rows_ || f < columns_) {
      if (e < rows_ && f < columns_ && agree_[at(e, f)]) {
        add_differing(to, missing, surplus);
        missing.clear();
        surplus.clear();
        to.push_back({begin_ + e++, begin_ + f++, true});
      } else if (f == columns_ || (e < rows_ && best_[at(e + 1, f)] >= best_[at(e, f + 1)])) {
        missing.push_back(begin_ + e++);
      } else {
        surplus.push_back(begin_ + f++);
      }
    }
    add_differing(to, missing, surplus);
  }

 private:
  std::size_t at(std::size_t e, std::size_t f) const { return e * (columns_ + 1) + f; }

  std::size_t begin_, rows_, columns_;
  std::vector<bool> agree_;
  std::vector<std::uint32_t> best_;
};

void add_one_by_one(std::vector<aligned_pair>& to, std::size_t begin, std::size_t expected_end,
                    std::size_t found_end, const entries_agree& agree) {
  for (std::size_t i = begin; i < std::max(expected_end, found_end); ++i) {
    aligned_pair& added = to.emplace_back();
    if (i < expected_end) added.expected = i;
    if (i < found_end) added.found = i;
    added.agree = added.expected && added.found && agree(i, i);
  }
}

}  // namespace

std::vector<aligned_pair> aligned(std::size_t expected, std::size_t found,
                                  const entries_agree& agree) {
  std::vector<aligned_pair> pairs;
  std::size_t begin = 0;
  while (begin < expected && begin < found && agree(begin, begin)) {
    pairs.push_back({begin, begin, true});
    ++begin;
  }
  std::size_t tail = 0;
  while (begin + tail < expected && begin + tail < found &&
         agree(expected - tail - 1, found - tail - 1))
    ++tail;
  const std::size_t expected_end = expected - tail, found_end = found - tail;
  const std::size_t rows = expected_end - begin + 1, columns = found_end - begin + 1;
  if (rows <= table_bytes_max / sizeof(std::uint32_t) / columns)
    table(begin, expected_end, found_end, agree).walk(pairs);
  else
    add_one_by_one(pairs, begin, expected_end, found_end, agree);
  for (; tail > 0; --tail) pairs.push_back({expected - tail, found - tail, true});
  return pairs;
}

std::vector<aligned_pair> aligned_in_any_order(const std::vector<std::size_t>& order,
                                               std::size_t found, const entries_agree& agree) {
  std::vector<aligned_pair> pairs;
  std::vector<bool> taken(found);
  std::vector<std::size_t> missing, surplus;
  for (const auto e : order) {
    std::size_t f = 0;
    while (f < found && (taken[f] || !agree(e, f))) ++f;
    if (f == found) {
      missing.push_back(e);
    } else {
      taken[f] = true;
      pairs.push_back({e, f, true});
    }
  }
  for (std::size_t f = 0; f < found; ++f)
    if (!taken[f]) surplus.push_back(f);
  add_differing(pairs, missing, surplus);
  return pairs;
}

}  // namespace weir
