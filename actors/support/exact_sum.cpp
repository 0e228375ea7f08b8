#include "actors/support/exact_sum.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "actors/support/state_bytes.hpp"

namespace weir {
namespace {

constexpr int digit_bits = 32;
constexpr std::uint64_t digit_mask = 0xFFFFFFFF;
// Position 0 is 2^-offset: the last bit of the least double, -1074, lies in the first digit.
constexpr int offset = 1088;
// Each adding changes a digit by less than 2^32.
constexpr std::uint32_t adds_most = 1U << 30;

enum special : std::uint8_t { positive_infinity = 1, negative_infinity = 2, not_a_number = 4 };

int bit_length(wide_bits value) {
  const auto high = static_cast<std::uint64_t>(value >> 64);
  return high != 0 ? 128 - std::countl_zero(high)
                   : 64 - std::countl_zero(static_cast<std::uint64_t>(value));
}

}  // namespace

void wide_sum::add(double value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  const bool negative = bits >> 63 != 0;
  const auto exponent = static_cast<int>(bits >> 52 & 0x7FF);
  std::uint64_t mantissa = bits & ((1ULL << 52) - 1);
  if (exponent == 0x7FF) {
    special_ |= mantissa != 0 ? not_a_number : negative ? negative_infinity : positive_infinity;
    return;
  }
  if (exponent != 0) mantissa |= 1ULL << 52;
  add_at(std::max(exponent, 1) - 1075 + offset, mantissa, negative);
}

void wide_sum::add(wide_int value) {
  const bool negative = value < 0;
  const auto magnitude = negative ? -static_cast<wide_bits>(value) : static_cast<wide_bits>(value);
  add_at(offset, magnitude, negative);
}

// Adds magnitude * 2^(position - offset). Only integers, at a digit's border, fill all 128 bits.
void wide_sum::add_at(std::int32_t position, wide_bits magnitude, bool negative) {
  if (magnitude == 0) return;
  if (added_ == adds_most) carry();
  ++added_;
  const std::int32_t digit = position / digit_bits;
  wide_bits rest = magnitude << (position % digit_bits);
  const int digits = (bit_length(rest) + digit_bits - 1) / digit_bits;
  cover(digit, digit + digits);
  auto at = static_cast<std::size_t>(digit - first_);
  for (; rest != 0; rest >>= digit_bits, ++at) {
    const auto part = static_cast<std::int64_t>(static_cast<std::uint64_t>(rest) & digit_mask);
    digits_[at] += negative ? -part : part;
  }
}

void wide_sum::add(const wide_sum& other) {
  wide_sum from = other;
  from.carry();
  special_ |= from.special_;
  if (from.digits_.empty()) return;
  if (added_ == adds_most) carry();
  ++added_;
  cover(from.first_, from.first_ + static_cast<std::int32_t>(from.digits_.size()));
  const auto at = static_cast<std::size_t>(from.first_ - first_);
  for (std::size_t i = 0; i < from.digits_.size(); ++i) digits_[at + i] += from.digits_[i];
}

// Makes the digits reach from `first` to `end`.
void wide_sum::cover(std::int32_t first, std::int32_t end) {
  if (digits_.empty()) first_ = first;
  // No more than is needed: there is one for each of many groups.
  const auto all = std::max(first_ + static_cast<std::int32_t>(digits_.size()), end);
  digits_.reserve(static_cast<std::size_t>(all - std::min(first, first_)));
  if (first < first_) {
    digits_.insert(digits_.begin(), static_cast<std::size_t>(first_ - first), 0);
    first_ = first;
  }
  const auto needed = static_cast<std::size_t>(end - first_);
  if (digits_.size() < needed) digits_.resize(needed);
}

// Brings all digits but the last, which alone has the sign, between 0 and 2^32.
void wide_sum::carry() {
  added_ = 0;
  for (std::size_t i = 0; i < digits_.size(); ++i) {
    const std::int64_t over = digits_[i] >> digit_bits;
    const bool is_last = i + 1 == digits_.size();
    // The last is split only where it is too large to be added to.
    if (is_last && (over == 0 || over == -1)) break;
    digits_[i] -= over * (std::int64_t{1} << digit_bits);
    if (is_last) {
      digits_.reserve(digits_.size() + 1);
      digits_.push_back(over);
    } else {
      digits_[i + 1] += over;
    }
  }
}

double wide_sum::rounded(int power) const {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (special_ == positive_infinity) return infinity;
  if (special_ == negative_infinity) return -infinity;
  if (special_ != 0) return std::numeric_limits<double>::quiet_NaN();
  wide_sum sum = *this;
  sum.carry();
  const bool negative = !sum.digits_.empty() && sum.digits_.back() < 0;
  if (negative) {
    for (auto& digit : sum.digits_) digit = -digit;
    sum.carry();
  }
  auto& digits = sum.digits_;
  while (!digits.empty() && digits.back() == 0) digits.pop_back();
  if (digits.empty()) return 0;
  // The first four digits, of which 97 bits or more count, and whether there is anything behind.
  wide_bits leading = 0;
  bool more = false;
  for (std::size_t i = 0; i < std::max<std::size_t>(digits.size(), 4); ++i) {
    const auto digit = i < digits.size() ? static_cast<std::uint64_t>(digits[digits.size() - 1 - i])
                                         : std::uint64_t{0};
    if (i < 4)
      leading = leading << digit_bits | digit;
    else
      more = more || digit != 0;
  }
  const int last = digit_bits * (sum.first_ + static_cast<int>(digits.size()) - 4) - offset;
  const int dropped = std::max(bit_length(leading) - 53, -1074 - last);
  auto mantissa = static_cast<std::uint64_t>(leading >> dropped);
  const wide_bits rest = leading & ((wide_bits{1} << dropped) - 1);
  const wide_bits half = wide_bits{1} << (dropped - 1);
  if (rest > half || (rest == half && (more || (mantissa & 1) != 0))) ++mantissa;
  const double magnitude = std::ldexp(static_cast<double>(mantissa), last + dropped + power);
  return negative ? -magnitude : magnitude;
}

void wide_sum::save(std::string& to) const {
  wide_sum saved = *this;
  saved.carry();
  put_bytes(to, saved.special_);
  put_bytes(to, saved.first_);
  put_bytes(to, static_cast<std::uint32_t>(saved.digits_.size()));
  for (const auto digit : saved.digits_) put_bytes(to, digit);
}

void wide_sum::load(std::string_view& from) {
  wide_sum saved;
  saved.special_ = take_bytes<std::uint8_t>(from);
  saved.first_ = take_bytes<std::int32_t>(from);
  saved.digits_.resize(take_bytes<std::uint32_t>(from));
  for (auto& digit : saved.digits_) digit = take_bytes<std::int64_t>(from);
  add(saved);
}

}  // namespace weir
