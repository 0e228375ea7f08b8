#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/stage/stage_type.hpp"

namespace weir {

/// What a stage type's declaration means, in the words that all manuals use.

/// `source`, `transform`, `sink`.
std::string_view name_of(stage_kind kind);

/// `in`; `two or more, in order`; `none`.
std::string inputs_in_words(const stage_type& type);
/// `out, rejected`; `those its options name, rejected`.
std::string outputs_in_words(const stage_type& type);

/// `at most 8 chunks`; `nothing: what a chunk becomes leaves at once`.
std::string hold_in_words(const hold_bound& hold);

/// What a user can rely on, as label and sentence: how inputs are read, how much is held back, how
/// records are accounted for, whether they keep the text they were read with. What options decide
/// is told as it is without any.
std::vector<std::pair<std::string, std::string>> behaviour_in_words(const stage_type& type);

/// `integer, default 10000, between 1 and 10000000`; `list of columns, required`.
std::string value_in_words(const option_declaration& option);

/// An example's options as stages of a pipeline file are written: in one line of YAML where that
/// takes at most `width` columns, else a line an option.
std::string example_in_yaml(const stage_type& type, std::string_view options, std::size_t width);

}  // namespace weir
