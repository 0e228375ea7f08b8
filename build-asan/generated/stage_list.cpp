// Written by CMake from the names of the files in actors/.
#include "actors/builtin_stages.hpp"

namespace weir {

namespace transforms {
stage_type filter_stage();
stage_type head_stage();
stage_type map_stage();
stage_type rechunk_stage();
stage_type route_stage();
stage_type zip_stage();
}  // namespace transforms

namespace sinks {
stage_type discard_stage();
}  // namespace sinks

std::vector<stage_type> builtin_stages() {
  std::vector<stage_type> types;
  types.reserve(7);
  types.push_back(transforms::filter_stage());
  types.push_back(transforms::head_stage());
  types.push_back(transforms::map_stage());
  types.push_back(transforms::rechunk_stage());
  types.push_back(transforms::route_stage());
  types.push_back(transforms::zip_stage());
  types.push_back(sinks::discard_stage());
  return types;
}

}  // namespace weir
