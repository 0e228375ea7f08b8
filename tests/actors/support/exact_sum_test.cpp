#include "actors/support/exact_sum.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "runtime/base/random.hpp"

namespace weir {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double greatest = std::numeric_limits<double>::max();
constexpr double least = std::numeric_limits<double>::denorm_min();

double sum_of(const std::vector<double>& values) {
  wide_sum sum;
  for (const double value : values) sum.add(value);
  return sum.rounded();
}

// A double of any exponent in reach of 0.
double random_double(random_source& random, int exponents) {
  const double mantissa =
      static_cast<double>(random.next() >> 11) * (random.below(2) == 0 ? 1 : -1);
  return std::ldexp(mantissa, static_cast<int>(random.below(2 * exponents)) - exponents - 53);
}

TEST_CASE("a wide sum is the exact one, rounded once") {
  struct row {
    const char* name;
    std::vector<double> values;
    double sum;
  };
  const row rows[] = {
      {"of nothing", {}, 0},
      {"of one", {-1.5}, -1.5},
      {"the least of all", {least, least}, 2 * least},
      {"the greatest of all", {greatest}, greatest},
      {"far apart", {1e300, 1e-300, -1e300}, 1e-300},
      {"beyond all doubles", {greatest, greatest}, infinity},
      {"beyond them on the way", {greatest, greatest, -greatest}, greatest},
      {"beyond them below", {-greatest, -greatest}, -infinity},
      {"a half goes to the even one below", {0x1p53, 1}, 0x1p53},
      {"a half goes to the even one above", {0x1p53 + 2, 1}, 0x1p53 + 4},
      {"a little more than a half goes up", {0x1p53, 1, least}, 0x1p53 + 2},
      {"a little less than a half goes down", {0x1p53 + 2, 1, -least}, 0x1p53 + 2},
      {"the same below zero", {-0x1p53, -1, -least}, -0x1p53 - 2},
      {"no zero is negative", {-0.0, -0.0}, 0.0},
      {"what cancels leaves nothing", {0.1, 0.2, -0.1, -0.2}, 0},
      {"half an ulp beyond the greatest is an infinity", {greatest, 0x1p970}, infinity},
      {"less than half an ulp beyond it is not", {greatest, 0x1p970, -least}, greatest},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const double sum = sum_of(row.values);
    CHECK(sum == row.sum);
    CHECK(std::signbit(sum) == std::signbit(row.sum));
  }
}

TEST_CASE("infinities and what is no number decide a sum") {
  CHECK(sum_of({1, infinity, -greatest}) == infinity);
  CHECK(sum_of({1, -infinity}) == -infinity);
  CHECK(std::isnan(sum_of({infinity, -infinity})));
  CHECK(std::isnan(sum_of({1, std::nan(""), infinity})));
}

TEST_CASE("a wide sum adds integers of 128 bits") {
  wide_sum sum;
  const wide_int large = wide_int{1} << 100;
  sum.add(large);
  sum.add(-large + 7);
  sum.add(0.25);
  CHECK(sum.rounded() == 7.25);
  sum.add(-large * 2 - 8);
  CHECK(sum.rounded() == -0x1p101);
}

TEST_CASE("a sum of integers with a common scale is that of the integers") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    random_source random(seed);
    const int scale = static_cast<int>(random.below(1900)) - 1000;
    wide_sum sum;
    wide_int expected = 0;
    for (auto left = random.below(100); left > 0; --left) {
      const int shift = static_cast<int>(random.below(40));
      const auto value = static_cast<wide_int>(random.next() >> 11) - (wide_int{1} << 52);
      expected += value << shift;
      sum.add(std::ldexp(static_cast<double>(static_cast<std::int64_t>(value)), scale + shift));
    }
    CHECK(sum.rounded() == std::ldexp(static_cast<double>(expected), scale));
    CHECK(sum.rounded(-scale) == static_cast<double>(expected));
  }
}

TEST_CASE("a double pair and a wide sum agree, whatever the order and the shares") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    random_source random(seed);
    const int exponents = seed % 3 == 0 ? 1000 : 30;
    std::vector<double> values;
    for (std::uint32_t i = 0; i < 300; ++i) values.push_back(random_double(random, exponents));
    const double expected = sum_of(values);
    for (std::size_t i = values.size(); i > 1; --i)
      std::swap(values[i - 1], values[random.below(static_cast<std::uint32_t>(i))]);
    wide_sum shares[3];
    double_pair pair;
    for (const double value : values) {
      if (pair.add(value)) continue;
      auto& share = shares[random.below(3)];
      share.add(pair.high);
      share.add(pair.low);
      share.add(value);
      pair = {};
    }
    wide_sum all;
    all.add(pair.low);
    all.add(pair.high);
    for (const auto& share : shares) {
      std::string saved;
      share.save(saved);
      std::string_view from = saved;
      if (random.below(2) == 0)
        all.add(share);
      else
        all.load(from);
    }
    CHECK(all.rounded() == expected);
    CHECK(all.bytes() <= 640);
  }
}

TEST_CASE("a double pair keeps all of usual sums") {
  random_source random(1);
  double_pair pair;
  wide_sum sum;
  std::uint32_t beyond = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double value = static_cast<double>(random.below(1'000'000)) / 1000;
    sum.add(value);
    if (pair.add(value)) continue;
    pair.normalize();
    beyond += pair.add(value) ? 0 : 1;
  }
  CHECK(beyond == 0);
  CHECK(pair.high + pair.low == sum.rounded());
}

TEST_CASE("a double pair refuses what is not finite and stays as it was") {
  for (const double value : {infinity, -infinity, std::nan(""), greatest}) {
    double_pair pair;
    REQUIRE(pair.add(greatest));
    CHECK_FALSE(pair.add(value));
    CHECK(pair.high == greatest);
    CHECK(pair.low == 0);
  }
}

}  // namespace
}  // namespace weir
