#include "actors/support/quantile_sketch.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "runtime/base/random.hpp"

namespace weir {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
const double not_a_number = std::numeric_limits<double>::quiet_NaN();

quantile_sketch sketch_of(const std::vector<double>& values) {
  quantile_sketch sketch;
  for (const double v : values) sketch.add(v);
  return sketch;
}

double true_quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

// Values of very different shapes and sizes, from a seed.
std::vector<double> random_values(std::uint64_t seed) {
  random_source random(seed);
  std::vector<double> values(1 + random.below(random.below(4) == 0 ? 20 : 3000));
  const std::uint32_t shape = random.below(5);
  for (double& v : values) {
    const double u = random.fraction();
    switch (shape) {
      case 0:
        v = u * 1000;
        break;
      case 1:
        v = (u - 0.5) * 1e6;
        break;
      case 2:
        v = std::exp(u * 30 - 15);
        break;
      case 3:
        v = std::floor(u * 7) - 3;
        break;
      default:
        v = (random.below(2) == 0 ? -1 : 1) * std::pow(10, u * 12 - 6);
        break;
    }
  }
  return values;
}

TEST_CASE("a quantile is within 1 % of the true one") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const auto values = random_values(seed);
    const auto sketch = sketch_of(values);
    for (const double q : {0.0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1.0}) {
      CAPTURE(q);
      const double truth = true_quantile(values, q);
      CHECK(std::abs(sketch.quantile(q) - truth) <= std::abs(truth) * 0.0100001);
    }
    CHECK(sketch.quantile(0) == true_quantile(values, 0));
    CHECK(sketch.quantile(1) == true_quantile(values, 1));
  }
}

TEST_CASE("merging any split of the values in any order gives the same sketch") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    auto values = random_values(seed);
    values.insert(values.end(), {infinity, -infinity, not_a_number, 0.0, 1e-300, -1e300, 1e-9});
    const auto whole = sketch_of(values);
    random_source random(seed);
    for (std::size_t i = values.size(); i > 1; --i)
      std::swap(values[i - 1], values[random.below(static_cast<std::uint32_t>(i))]);
    std::vector<quantile_sketch> parts(1 + random.below(7));
    for (const double v : values)
      parts[random.below(static_cast<std::uint32_t>(parts.size()))].add(v);
    quantile_sketch merged;
    for (const auto& part : parts) merged.merge(part);
    CHECK(merged == whole);
    CHECK(merged.count() == values.size());
    CHECK(merged.quantile(0.5) == doctest::Approx(whole.quantile(0.5)).epsilon(1e-15));
    auto other = sketch_of(values);
    other.add(12345.0);
    CHECK_FALSE(other == whole);
  }
}

TEST_CASE("infinities and what is not a number stand at the ends") {
  const auto sketch = sketch_of({not_a_number, 1, infinity, -infinity, 0});
  CHECK(sketch.quantile(0) == -infinity);
  CHECK(sketch.quantile(0.25) == 0);
  CHECK(sketch.quantile(0.5) == 1);
  CHECK(sketch.quantile(0.75) == infinity);
  CHECK(std::isnan(sketch.quantile(1)));
  CHECK(sketch_of({infinity}).quantile(0.5) == infinity);
  CHECK(std::isnan(sketch_of({not_a_number}).quantile(0)));
  CHECK(sketch_of({5e-324, 1.7e308}).quantile(0) == 5e-324);
  CHECK(sketch_of({5e-324, 1.7e308, 1.7e308}).quantile(0.5) ==
        doctest::Approx(1.7e308).epsilon(0.011));
}

TEST_CASE("a quantile is within 1 % of the true one however far apart the values are") {
  std::vector<double> values;
  SUBCASE("one value far beyond all others") {
    for (int i = 0; i < 1000; ++i) values.push_back(i * 0.1);
    values.push_back(1e30);
  }
  SUBCASE("the greatest and the least doubles") {
    for (int i = 0; i < 1000; ++i) values.push_back(1 + i * 0.1);
    for (const double v : {1.7976931348623157e308, 1.79e308, 1e308, 2.3e-308, -1e308, -2.3e-308})
      values.insert(values.end(), 40, v);
  }
  SUBCASE("a log-normal distribution of sigma 10") {
    random_source random(7);
    for (int i = 0; i < 20'000; ++i) {
      double sum = -6;
      for (int k = 0; k < 12; ++k) sum += random.fraction();
      values.push_back(std::exp(10 * sum));
    }
  }
  SUBCASE("every order of magnitude of both signs") {
    for (int exponent = -307; exponent <= 307; ++exponent)
      for (const double digit : {1.0, -1.0, 2.0, -2.0, 5.0, -5.0})
        values.push_back(digit * std::pow(10.0, exponent));
  }
  quantile_sketch sketch;
  std::ptrdiff_t told = 0;
  for (const double v : values) told += sketch.add(v);
  CHECK(sketch.bytes() == static_cast<std::size_t>(told));
  CHECK(sketch.bytes() <= 2 * 580 * 1024);
  for (int i = 0; i <= 1000; ++i) {
    const double q = i / 1000.0;
    CAPTURE(q);
    const double truth = true_quantile(values, q);
    CHECK(std::abs(sketch.quantile(q) - truth) <= std::abs(truth) * 0.0100001);
  }
}

TEST_CASE("a value far away takes no more than a page and its place in the list of pages") {
  std::vector<double> near;
  for (int i = 0; i < 1000; ++i) near.push_back(1 + i * 0.1);
  auto sketch = sketch_of(near);
  const auto before = sketch.bytes();
  sketch.add(1e30);
  CHECK(sketch.bytes() <= before + 512 + 8 * 60);
}

TEST_CASE("a sketch of few values takes little memory") {
  CHECK(sketch_of({0.001, 1, 1000, 1e9}).bytes() <= 32);
  CHECK(sketch_of({}).bytes() == 0);
}

}  // namespace
}  // namespace weir
