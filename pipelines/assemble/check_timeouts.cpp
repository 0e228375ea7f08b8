#include "pipelines/assemble/check_timeouts.hpp"

#include <fmt/format.h>

#include "runtime/base/text.hpp"

namespace weir {

void check_timeouts(const draft& in, problems& found) {
  for (std::uint32_t at = 0; at < in.stages.size(); ++at) {
    const draft_stage& stage = in.stages[at];
    if (!stage.type || !stage.spec->timeout || stage.type->kind == stage_kind::source) continue;
    const auto subject = found.enter(in.subject(at));
    found.add(
        "not-a-source", stage.spec->timeout_place,
        fmt::format("'timeout' is for sources, which may promise data within a time; {} gives "
                    "what comes of its input",
                    quoted(stage.type->name)));
  }
}

}  // namespace weir
