#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "runtime/config/config_value.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// Bounds of a YAML text; more is refused, so that no file can take the reader's time or memory.
inline constexpr std::size_t yaml_bytes_max = std::size_t{1} << 20;
inline constexpr std::size_t yaml_nodes_max = 100'000;  ///< keys and values, aliases expanded
inline constexpr std::size_t yaml_depth_max = 100;      ///< lists and maps inside each other

/// Reads one YAML document into values that know the place of each character.
///
/// Empty values, `~` and `null` are null; nothing else is typed: `5` stays the text `5`, plain. An
/// alias gives a copy of its anchor's value, every part of it placed at the alias. An empty text is
/// null. `file_name` goes into the places; where it is empty they name no file.
///
/// Errors: all go to `found`. Those that end the reading give no value: `yaml-syntax` (one problem,
///         alone), `not-text`, `too-large`. With a value: `duplicate-key` (the first one counts),
///         `merge-key`, `yaml-tag`, `odd-key`, `second-document`.
std::optional<config_value> read_yaml(std::string_view text, std::string_view file_name,
                                      problems& found);

}  // namespace weir
