#pragma once

#include <string>
#include <string_view>

#include "pipelines/spec/pipeline_spec.hpp"

namespace weir {

/// Where an option's value stands that a configured stage knows only by its text.
struct option_place {
  std::string subject;  ///< `option 'by'`; `type 'aggregate'` where no option has the text
  source_place place;
};

/// Finds the first scalar or key with this text among a stage's options.
option_place find_option_value(const stage_spec& stage, std::string_view text);

}  // namespace weir
