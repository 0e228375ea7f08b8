#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/random.hpp"

namespace weir::testing {

/// Seeds for random cases: `count` fresh ones each time, `WEIR_TEST_TIMES` times as many if that is
/// set, or the one that `WEIR_TEST_SEED` names.
inline std::vector<std::uint64_t> test_seeds(std::size_t count) {
  // NOLINTBEGIN(concurrency-mt-unsafe): nothing changes the environment
  if (const char* only = std::getenv("WEIR_TEST_SEED")) return {std::strtoull(only, nullptr, 10)};
  if (const char* times = std::getenv("WEIR_TEST_TIMES"))
    count *= std::strtoull(times, nullptr, 10);
  // NOLINTEND(concurrency-mt-unsafe)
  const auto now = machine_clock().wall().time_since_epoch().count();
  random_source fresh(static_cast<std::uint64_t>(now));
  std::vector<std::uint64_t> list(count);
  for (auto& seed : list) seed = fresh.next();
  return list;
}

/// Tells what a long run of random tests has done; nothing in a short one.
inline void tell_soaked(const std::string& what) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment
  if (std::getenv("WEIR_TEST_TIMES") != nullptr) std::fprintf(stderr, "soaked: %s\n", what.c_str());
}

}  // namespace weir::testing
