#include "actors/support/quantile_sketch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "runtime/base/check.hpp"

namespace weir {
namespace {

// A bucket reaches from growth^(number - 1), excluded, to growth^number.
constexpr double growth =
    (1 + quantile_sketch::relative_error) / (1 - quantile_sketch::relative_error);
const double log_growth = std::log(growth);
const double buckets_per_log = 1 / log_growth;

std::int32_t bucket_of(double magnitude) {
  return static_cast<std::int32_t>(std::ceil(std::log(magnitude) * buckets_per_log));
}

// The number that is equally far, relative to them, from both borders of a bucket.
double middle_of(std::int32_t bucket) { return std::exp(bucket * log_growth) * 2 / (growth + 1); }

// Arrays grow by whole blocks of this many buckets.
constexpr std::int32_t block = 64;

std::int32_t block_start(std::int32_t bucket) { return bucket & ~(block - 1); }

}  // namespace

void quantile_sketch::bucket_counts::add(std::int32_t number, std::uint64_t count) {
  highest_ = std::max(highest_, number);
  if (counts_.empty()) {
    if (few_.size() + count <= few_max) {
      few_.insert(few_.end(), count, number);
      return;
    }
    count_one_by_one();
  }
  number = std::max(number, lowest_kept());
  if (number < first_ || number - first_ >= static_cast<std::int32_t>(counts_.size()))
    cover(number);
  counts_[static_cast<std::size_t>(number - first_)] += count;
}

// Goes over from a list of values to an array of counts.
void quantile_sketch::bucket_counts::count_one_by_one() {
  first_ = block_start(highest_);
  counts_.assign(block, 0);
  for (const auto value : std::exchange(few_, {})) add(value, 1);
}

// Makes the array reach the bucket, and no further down than what is kept.
void quantile_sketch::bucket_counts::cover(std::int32_t number) {
  const auto end = first_ + static_cast<std::int32_t>(counts_.size());
  const std::int32_t lowest =
      std::max(std::min(first_, block_start(number)), block_start(lowest_kept()));
  const std::int32_t next_end = std::max(end, block_start(number) + block);
  std::vector<std::uint64_t> next(static_cast<std::size_t>(next_end - lowest), 0);
  for (std::int32_t n = first_; n < end; ++n)
    next[static_cast<std::size_t>(std::max(n, lowest_kept()) - lowest)] +=
        counts_[static_cast<std::size_t>(n - first_)];
  counts_ = std::move(next);
  first_ = lowest;
}

void quantile_sketch::bucket_counts::merge(const bucket_counts& other) {
  for (const auto& b : other.all()) add(b.number, b.count);
}

std::vector<quantile_sketch::bucket_counts::bucket> quantile_sketch::bucket_counts::all() const {
  std::vector<bucket> list;
  const auto append = [&](std::int32_t number, std::uint64_t count) {
    number = std::max(number, lowest_kept());
    if (!list.empty() && list.back().number == number) {
      list.back().count += count;
    } else {
      list.push_back({number, count});
    }
  };
  auto few = few_;
  std::sort(few.begin(), few.end());
  for (const auto number : few) append(number, 1);
  for (std::size_t i = 0; i < counts_.size(); ++i)
    if (counts_[i] > 0) append(first_ + static_cast<std::int32_t>(i), counts_[i]);
  return list;
}

std::size_t quantile_sketch::bucket_counts::bytes() const {
  return few_.capacity() * sizeof(std::int32_t) + counts_.capacity() * sizeof(std::uint64_t);
}

std::ptrdiff_t quantile_sketch::add(double value) {
  ++count_;
  if (std::isnan(value)) {
    ++not_numbers_;
    return 0;
  }
  if (std::isinf(value)) {
    ++(value > 0 ? positive_infinities_ : negative_infinities_);
    return 0;
  }
  least_ = finite_ == 0 ? value : std::min(least_, value);
  greatest_ = finite_ == 0 ? value : std::max(greatest_, value);
  ++finite_;
  if (value == 0) {
    ++zeros_;
    return 0;
  }
  const std::size_t before = bytes();
  if (value < 0 && !negative_) negative_ = std::make_unique<bucket_counts>();
  (value > 0 ? positive_ : *negative_).add(bucket_of(std::abs(value)), 1);
  return static_cast<std::ptrdiff_t>(bytes()) - static_cast<std::ptrdiff_t>(before);
}

void quantile_sketch::merge(const quantile_sketch& other) {
  if (other.finite_ > 0) {
    least_ = finite_ == 0 ? other.least_ : std::min(least_, other.least_);
    greatest_ = finite_ == 0 ? other.greatest_ : std::max(greatest_, other.greatest_);
  }
  count_ += other.count_;
  finite_ += other.finite_;
  zeros_ += other.zeros_;
  negative_infinities_ += other.negative_infinities_;
  positive_infinities_ += other.positive_infinities_;
  not_numbers_ += other.not_numbers_;
  positive_.merge(other.positive_);
  if (!other.negative_) return;
  if (!negative_) negative_ = std::make_unique<bucket_counts>();
  negative_->merge(*other.negative_);
}

double quantile_sketch::quantile(double q) const {
  WEIR_CHECK(count_ > 0 && q >= 0 && q <= 1, "a quantile of nothing, or not between 0 and 1");
  constexpr double infinity = std::numeric_limits<double>::infinity();
  auto before = static_cast<std::uint64_t>(q * static_cast<double>(count_ - 1));
  if (before < negative_infinities_) return -infinity;
  before -= negative_infinities_;
  if (before >= finite_)
    return before - finite_ < positive_infinities_ ? infinity
                                                   : std::numeric_limits<double>::quiet_NaN();
  if (before == 0) return least_;
  if (before == finite_ - 1) return greatest_;
  if (negative_) {
    const auto buckets = negative_->all();
    for (auto b = buckets.rbegin(); b != buckets.rend(); ++b) {
      if (before < b->count) return std::clamp(-middle_of(b->number), least_, greatest_);
      before -= b->count;
    }
  }
  if (before < zeros_) return 0;
  before -= zeros_;
  for (const auto& b : positive_.all()) {
    if (before < b.count) return std::clamp(middle_of(b.number), least_, greatest_);
    before -= b.count;
  }
  return greatest_;
}

std::size_t quantile_sketch::bytes() const {
  return positive_.bytes() + (negative_ ? sizeof(bucket_counts) + negative_->bytes() : 0);
}

bool quantile_sketch::operator==(const quantile_sketch& other) const {
  const auto scalars = [](const quantile_sketch& s) {
    return std::make_tuple(s.count_, s.finite_, s.zeros_, s.negative_infinities_,
                           s.positive_infinities_, s.not_numbers_, s.least_, s.greatest_);
  };
  const auto negatives = [](const quantile_sketch& s) {
    return s.negative_ ? s.negative_->all() : std::vector<bucket_counts::bucket>();
  };
  return scalars(*this) == scalars(other) && positive_.all() == other.positive_.all() &&
         negatives(*this) == negatives(other);
}

}  // namespace weir
