#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/base/result.hpp"

namespace weir {

/// A zone whose clock a timestamp is read on.
///
/// Threads: one thread at a time.
class time_zone {
 public:
  /// `UTC`, a fixed offset as `+02:00`, or a name of the IANA data base as `Europe/Berlin`.
  ///
  /// Errors: `time-zone`.
  static result<time_zone> find(std::string_view name);

  /// The seconds to add to UTC at `seconds` since 1970.
  std::int64_t offset_at(std::int64_t seconds);

 private:
  void look_up(std::int64_t seconds);

  const void* named_ = nullptr;  // of the process's data base, which lives as long as the process
  // The offset in force from `from_` to before `until_`: neighbours in time mostly share one.
  std::int64_t offset_ = 0;
  std::int64_t from_ = 0;
  std::int64_t until_ = 0;
};

}  // namespace weir
