#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pipelines/spec/yaml_text.hpp"
#include "runtime/config/config_value.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// A node of a YAML text in the order of the text: a list's or map's parts follow it up to `end`.
struct yaml_event {
  enum class kind : std::uint8_t { null, scalar, alias, list, map };

  kind what = kind::null;
  scalar_style style = scalar_style::plain;
  std::size_t offset = 0;  ///< of its first character, in bytes
  std::size_t end = 0;     ///< the index behind its last part
  std::size_t anchor = 0;  ///< of an alias: the index of the node it stands for
  std::string text;        ///< of a scalar; of an alias, its name
};

/// The nodes of the first document in `text`; none for an empty one.
///
/// Errors: answers false, with one problem, where the text is no YAML or too large; problems with
///         single nodes (tags, more documents) leave the events true.
bool read_yaml_events(const yaml_text& places, std::string_view text, std::vector<yaml_event>& into,
                      problems& found);

}  // namespace weir
