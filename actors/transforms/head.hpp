#pragma once

#include <cstdint>

#include "runtime/stage/stage_type.hpp"

namespace weir::transforms {

/// Options of `head`. What each means to a user is said once, in head.cpp.
struct head_options {
  std::uint64_t count = 10;
};

/// Lets the first records through, then ends the stages above it.
///
/// Order:  records leave in the order they came.
/// Memory: shares the columns of its input.
/// State:  one number.
class head final : public transform {
 public:
  explicit head(const head_options& options) : left_(options.count) {}

  result<void> open(context&) override { return {}; }
  stage_answer process(port_number port, const chunk_ptr& records, outlet& out) override;

 private:
  std::uint64_t left_;
};

stage_type head_stage();

}  // namespace weir::transforms
