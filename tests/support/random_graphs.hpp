#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <vector>

#include "tests/support/flow_graphs.hpp"

namespace weir::testing {

/// Up to ten genes, whatever the size that a random test has come to.
inline rc::Gen<std::vector<stage_gene>> stage_genes() {
  const auto byte = rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint8_t>(0, 255));
  return rc::gen::resize(
      10, rc::gen::container<std::vector<stage_gene>>(rc::gen::container<stage_gene>(byte)));
}

/// A seed for a schedule; it is never shrunk, for a smaller one means nothing.
inline rc::Gen<std::uint64_t> schedule_seed() {
  return rc::gen::noShrink(rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>()));
}

}  // namespace weir::testing
