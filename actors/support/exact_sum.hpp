#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

// 64 bits times 2^63 values fit.
__extension__ using wide_int = __int128;
__extension__ using wide_bits = unsigned __int128;

/// The exact sum of any doubles and integers, in any order.
///
/// A number of fixed point, in digits of 32 bits that reach from the least of all doubles to 2^64
/// times the greatest, of which only those between the least and the greatest in use are kept. A
/// digit is a signed 64 bits, so that two billion values are added before a carry is due.
/// Source: Neal, "Fast exact summation using small and large superaccumulators", 2015.
///
/// Infinities, and what is not a number, are remembered and decide the sum in the end.
///
/// Memory:  at most 600 bytes; 80 bytes for values of similar size.
/// Threads: one thread at a time.
class wide_sum {
 public:
  void add(double value);
  void add(wide_int value);
  void add(const wide_sum& other);

  /// The sum times 2^`power`, rounded once, to the nearest double, of two equally near ones to the
  /// even one. Beyond the greatest it is an infinity; 0 is never negative. Infinities of both signs
  /// are not a number together.
  /// Requires: `power` is 0, or what comes out is no denormal number.
  double rounded(int power = 0) const;

  /// Whether an infinity, or what is no number, is in it.
  bool is_special() const { return special_ != 0; }

  std::size_t bytes() const { return digits_.capacity() * sizeof(std::int64_t); }

  /// Appends all there is to `to`; `load` adds what was saved, and takes it off `from`.
  void save(std::string& to) const;
  void load(std::string_view& from);

 private:
  void add_at(std::int32_t position, wide_bits magnitude, bool negative);
  void cover(std::int32_t first, std::int32_t end);
  void carry();

  std::vector<std::int64_t> digits_;  // number i counts 2^(32 * (first_ + i) - offset)
  std::int32_t first_ = 0;
  std::uint32_t added_ = 0;  // since the last carry
  std::uint8_t special_ = 0;
};

/// The fast part of an exact sum: two doubles that hold nearly every sum exactly.
///
/// Each value is added to the first without loss, what rounding would take from it to the second
/// likewise (Knuth's TwoSum: the error of a sum of doubles is a double). Only where the second sum
/// is rounded too, a remainder is left, which somebody else has to keep.
/// Source: Ogita, Rump and Oishi, "Accurate sum and dot product", 2005, for the cascade; Shewchuk,
/// "Adaptive precision floating-point arithmetic", 1997, for keeping all that is left.
struct double_pair {
  double high = 0;
  double low = 0;

  /// Adds the value, and answers true; or changes nothing and answers false, because two doubles
  /// can't hold the sum, or it is not finite.
  bool add(double value) {
    double lost = 0;
    const double sum = two_sum(high, value, lost);
    double rest = 0;
    const double lower = two_sum(low, lost, rest);
    // Not a number differs from 0 too.
    if (rest != 0) return false;
    high = sum;
    low = lower;
    return true;
  }
  /// Brings as much as it can into the first: then there is the most room in the second.
  void normalize() {
    double lost = 0;
    high = two_sum(high, low, lost);
    low = lost;
  }

  static double two_sum(double a, double b, double& lost) {
    const double sum = a + b;
    const double b_in = sum - a;
    const double a_in = sum - b_in;
    lost = (a - a_in) + (b - b_in);
    return sum;
  }
};

}  // namespace weir
