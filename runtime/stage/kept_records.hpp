#pragma once

#include <optional>
#include <string>

#include "runtime/base/result.hpp"
#include "runtime/data/places.hpp"

namespace weir {

/// A record that a source once refused, as it found it.
struct kept_record {
  std::string bytes;
  record_place place;
};

/// Refused records for a source to read once more, in the order in which it refused them.
///
/// Threads: one thread at a time.
class kept_records {
 public:
  virtual ~kept_records() = default;

  /// The next one; none at the end. Never waits for others than the disk.
  /// Errors: they can't be read.
  virtual result<std::optional<kept_record>> next() = 0;
};

}  // namespace weir
