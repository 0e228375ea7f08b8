#include "runtime/stage/memory_account.hpp"

#include <fmt/format.h>

namespace weir {

result<void> memory_account::hold(byte_size now) {
  const bool fits =
      budget_->add(static_cast<std::int64_t>(now.bytes) - static_cast<std::int64_t>(held_));
  const bool grew = now.bytes > held_;
  held_ = now.bytes;
  if (fits || !grew) return {};
  return failure(
      "memory-exceeded",
      fmt::format("the stage holds {} and the pipeline {}, more than 'memory: {}' allows",
                  to_text(now), to_text(budget_->held()), to_text(budget_->most())));
}

}  // namespace weir
