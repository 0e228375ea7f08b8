#pragma once

#include <memory>

#include "pipelines/replay/letter_survey.hpp"

namespace weir {

/// The part of a pipeline that dead letters go through: the stages that get some, and all below
/// them. A source that gets some reads them in place of its input; to the input of another stage
/// they come beside what the stages above it give. Inputs that nothing else leads to are empty.
///
/// Requires: letters.sum() > 0.
graph replay_graph(const graph& whole, const letter_survey& letters,
                   const std::shared_ptr<const letter_file>& of);

}  // namespace weir
