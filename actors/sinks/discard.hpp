#pragma once

#include "runtime/stage/stage_type.hpp"

namespace weir::sinks {

/// Options of `discard`: there are none.
struct discard_options {};

/// Takes records and keeps nothing of them.
class discard final : public sink {
 public:
  explicit discard(const discard_options&) {}

  result<void> open(context&) override { return {}; }
  stage_answer consume(const chunk_ptr&, outlet&) override { return answer::wait; }
};

stage_type discard_stage();

}  // namespace weir::sinks
