#pragma once

#include <string>

namespace weir {

/// Why something could not be done, in two texts: one for the user, one for whoever looks deeper.
///
/// Each layer adds only its own place (file, stage, option); none repeats what a layer below said.
struct error {
  /// Stable and kebab-case (`open-file`, `type-mismatch`): what programs and tests compare.
  std::string code;
  /// One line, lower case, no full stop: what was found, what is allowed, the nearest right thing.
  std::string text;
  /// The text of errno or of a library; empty where there is nothing more to know.
  std::string detail;
  /// The same call may succeed later, although nothing here is changed: others may free space on a
  /// disk. Who says so has left what it was called on as it was, or can undo the call.
  bool temporary = false;

  bool operator==(const error&) const = default;
};

}  // namespace weir
