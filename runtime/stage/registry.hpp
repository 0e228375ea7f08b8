#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/stage/stage_type.hpp"

namespace weir {

/// The stage types that a program knows, by name. A program may add its own to the built-in ones.
///
/// Threads: read from any once filled.
class registry {
 public:
  registry() = default;
  explicit registry(std::vector<stage_type> types);

  /// Requires: no type of that name is there yet.
  void add(stage_type type);
  /// Null where there is none of that name.
  const stage_type* find(std::string_view name) const;
  /// All, by kind (sources, transforms, sinks) and name.
  const std::vector<stage_type>& all() const { return types_; }
  std::vector<std::string> names() const;

 private:
  std::vector<stage_type> types_;
};

}  // namespace weir
