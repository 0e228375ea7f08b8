#include "actors/transforms/head.hpp"

#include <algorithm>

namespace weir::transforms {

stage_answer head::process(port_number, const chunk_ptr& records, outlet& out) {
  const auto taken = static_cast<std::uint32_t>(std::min<std::uint64_t>(left_, records->size()));
  left_ -= taken;
  out.emit(slice(records, 0, taken));
  return left_ == 0 ? answer::end : answer::wait;
}

stage_type head_stage() {
  return describe_stage<head, head_options>("head")
      .summary("Lets the first records through and ends the stages above it.")
      .description(
          "Once `count` records have passed, the stages that only feed this one come to their end, "
          "so a pipeline with an endless source ends too.")
      .option("count", &head_options::count, "Records let through.",
              between{std::uint64_t{1}, std::uint64_t{1'000'000'000'000}})
      .keeps_raw()
      .filters()
      .holds_nothing()
      .cheap()
      .example("{count: 100}");
}

}  // namespace weir::transforms
