#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "pipelines/assemble/draft.hpp"

namespace weir {

/// Where an option's value stands that a configured stage knows only by its text.
struct option_place {
  std::string subject;  ///< `option 'by'`; `type 'aggregate'` where no option has the text
  source_place place;
};

/// Finds the first scalar with this text among a stage's options.
option_place find_option_value(const stage_spec& stage, std::string_view text);

/// Finds the scalar with this text among those options of a stage that name columns: the one behind
/// `before` others.
option_place find_column(const draft_stage& stage, std::string_view text, std::size_t before);

}  // namespace weir
