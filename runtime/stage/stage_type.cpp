#include "runtime/stage/stage_type.hpp"

#include "runtime/base/check.hpp"

namespace weir {

std::vector<configured_stage::instance> configured_stage::make_workers(unsigned count) const {
  std::vector<instance> made;
  for (unsigned worker = 0; worker < count; ++worker) made.push_back(make());
  return made;
}

std::vector<configured_stage::instance> configured_stage::make_prepared(unsigned) const {
  WEIR_CHECK(prepares(), "a sink that nobody can work ahead for");
  return {};
}

configured_stage::instance configured_stage::make_rereading(std::shared_ptr<kept_records>) const {
  WEIR_CHECK(rereads(), "a source that reads nothing twice");
  return make();
}

}  // namespace weir
