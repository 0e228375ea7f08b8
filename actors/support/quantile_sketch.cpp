#include "actors/support/quantile_sketch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "actors/support/state_bytes.hpp"
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
double middle_of(std::int32_t bucket) {
  const double middle = std::exp(bucket * log_growth) * 2 / (growth + 1);
  if (std::isfinite(middle)) return middle;
  // The border above lies beyond all doubles, or twice it does; the middle may not.
  return std::exp((bucket - 1) * log_growth) * (2 * growth / (growth + 1));
}

}  // namespace

void quantile_sketch::bucket_counts::add(std::int32_t number, std::uint64_t count) {
  if (pages_.empty()) {
    if (few_.size() + count <= few_max) {
      few_.insert(few_.end(), count, number);
      return;
    }
    count_one_by_one();
  }
  page_at(page_of(number))[place_of(number)] += count;
}

// Goes over from a list of values to counts.
void quantile_sketch::bucket_counts::count_one_by_one() {
  for (const auto number : std::exchange(few_, {})) ++page_at(page_of(number))[place_of(number)];
}

quantile_sketch::bucket_counts::page& quantile_sketch::bucket_counts::page_at(std::int32_t number) {
  const auto count = static_cast<std::int32_t>(pages_.size());
  if (number < first_page_ || number - first_page_ >= count) cover(number);
  auto& at = pages_[static_cast<std::size_t>(number - first_page_)];
  if (!at) {
    at = std::make_unique<page>();
    ++pages_used_;
  }
  return *at;
}

// Makes the list of pages reach this one.
void quantile_sketch::bucket_counts::cover(std::int32_t number) {
  const auto count = static_cast<std::int32_t>(pages_.size());
  const std::int32_t first = count == 0 ? number : std::min(first_page_, number);
  const std::int32_t end = count == 0 ? number + 1 : std::max(first_page_ + count, number + 1);
  std::vector<std::unique_ptr<page>> next(static_cast<std::size_t>(end - first));
  std::move(pages_.begin(), pages_.end(),
            next.begin() + (count == 0 ? 0 : std::ptrdiff_t{first_page_} - first));
  pages_ = std::move(next);
  first_page_ = first;
}

void quantile_sketch::bucket_counts::merge(const bucket_counts& other) {
  for (const auto& b : other.all()) add(b.number, b.count);
}

std::vector<quantile_sketch::bucket_counts::bucket> quantile_sketch::bucket_counts::all() const {
  std::vector<bucket> list;
  auto few = few_;
  std::sort(few.begin(), few.end());
  for (const auto number : few) {
    if (list.empty() || list.back().number != number) list.push_back({number, 0});
    ++list.back().count;
  }
  for (std::size_t p = 0; p < pages_.size(); ++p) {
    if (!pages_[p]) continue;
    const std::int32_t first = (first_page_ + static_cast<std::int32_t>(p)) * page_buckets;
    for (std::int32_t i = 0; i < page_buckets; ++i)
      if (const auto count = (*pages_[p])[static_cast<std::size_t>(i)]; count > 0)
        list.push_back({first + i, count});
  }
  return list;
}

std::size_t quantile_sketch::bucket_counts::bytes() const {
  return few_.capacity() * sizeof(std::int32_t) + pages_.capacity() * sizeof(pages_.front()) +
         pages_used_ * sizeof(page);
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
  // Both zeros count as one, or which of them is the least would depend on the order.
  value += 0.0;
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

void quantile_sketch::save(std::string& to) const {
  for (const auto count :
       {count_, zeros_, negative_infinities_, positive_infinities_, not_numbers_, finite_})
    put_bytes(to, count);
  put_bytes(to, least_);
  put_bytes(to, greatest_);
  const auto save_buckets = [&](const std::vector<bucket_counts::bucket>& buckets) {
    put_bytes(to, static_cast<std::uint32_t>(buckets.size()));
    for (const auto& b : buckets) {
      put_bytes(to, b.number);
      put_bytes(to, b.count);
    }
  };
  save_buckets(positive_.all());
  save_buckets(negative_ ? negative_->all() : std::vector<bucket_counts::bucket>());
}

void quantile_sketch::load(std::string_view& from) {
  quantile_sketch saved;
  for (auto* count : {&saved.count_, &saved.zeros_, &saved.negative_infinities_,
                      &saved.positive_infinities_, &saved.not_numbers_, &saved.finite_})
    *count = take_bytes<std::uint64_t>(from);
  saved.least_ = take_bytes<double>(from);
  saved.greatest_ = take_bytes<double>(from);
  const auto load_buckets = [&](bucket_counts& buckets) {
    for (auto left = take_bytes<std::uint32_t>(from); left > 0; --left) {
      const auto number = take_bytes<std::int32_t>(from);
      buckets.add(number, take_bytes<std::uint64_t>(from));
    }
  };
  load_buckets(saved.positive_);
  saved.negative_ = std::make_unique<bucket_counts>();
  load_buckets(*saved.negative_);
  if (saved.negative_->all().empty()) saved.negative_.reset();
  merge(saved);
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
