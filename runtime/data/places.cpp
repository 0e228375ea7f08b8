#include "runtime/data/places.hpp"

#include <algorithm>

namespace weir {

record_place places::at(std::size_t row) const {
  const auto after = std::upper_bound(runs_.begin(), runs_.end(), row,
                                      [](std::size_t r, const run& x) { return r < x.first_row; });
  const run& in = *(after - 1);
  return {in.input, in.offset + rows_[row].offset, in.line + rows_[row].line};
}

void places::append(const places& other) {
  const auto shift = static_cast<std::uint32_t>(rows_.size());
  for (run r : other.runs_) {
    r.first_row += shift;
    runs_.push_back(std::move(r));
  }
  rows_.insert(rows_.end(), other.rows_.begin(), other.rows_.end());
}

places places::gather(const std::vector<std::uint32_t>& positions) const {
  places out;
  out.rows_.reserve(positions.size());
  std::size_t in = 0;
  std::size_t copied = runs_.size();
  for (const auto at_row : positions) {
    while (in + 1 < runs_.size() && runs_[in + 1].first_row <= at_row) ++in;
    if (copied != in) {
      out.runs_.push_back(runs_[in]);
      out.runs_.back().first_row = static_cast<std::uint32_t>(out.rows_.size());
      copied = in;
    }
    out.rows_.push_back(rows_[at_row]);
  }
  return out;
}

}  // namespace weir
