#include "runtime/stage/stage_type.hpp"

namespace weir {

std::vector<configured_stage::instance> configured_stage::make_workers(unsigned count) const {
  std::vector<instance> made;
  for (unsigned worker = 0; worker < count; ++worker) made.push_back(make());
  return made;
}

}  // namespace weir
