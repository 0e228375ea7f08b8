#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace weir {

/// A manual page about something that belongs to no single stage.
struct guide {
  std::string_view name;
  std::string_view summary;
  /// The page for a terminal of `width` columns.
  std::string (*page)(std::size_t width);
};

std::span<const guide> guides();
/// Null where there is none of that name.
const guide* find_guide(std::string_view name);

/// The guides with their summaries, as the end of a list of stages.
std::string list_of_guides(std::size_t width);

/// How a pipeline file is written: its keys, from the tables that the reader checks it against.
std::string pipeline_guide(std::size_t width);

/// How expressions are written: their functions, from the table that the parser knows them by.
std::string expression_guide(std::size_t width);

}  // namespace weir
