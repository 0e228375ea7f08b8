#pragma once

#include <cstdint>
#include <optional>

#include "runtime/base/clock.hpp"

namespace weir {

/// Whether a source that promised data within a time gives none.
///
/// A silence is the time in which it could have given something and did not: while those below have
/// no room it is not silent. Each silence is told once.
class source_silence {
 public:
  source_silence(nanoseconds timeout, time_point now)
      : timeout_(timeout), since_(now), seen_(now) {}

  nanoseconds timeout() const { return timeout_; }
  /// What keeps it from giving more.
  enum class cause : std::uint8_t {
    itself,  ///< it waits for its input, or is at work
    room,    ///< those below take no more
    turn,    ///< it was not called yet: no fault of its own, nor an end of its silence
  };
  /// What it had given, counted in anything, and what kept it from more, some time after it was
  /// `asked`. An answer may come late.
  void look(std::uint64_t given, cause why, time_point asked, time_point now);
  /// Since when it has been silent, if that is too long for certain and was not told.
  std::optional<time_point> take_news();

 private:
  nanoseconds timeout_;
  time_point since_;  // it gave something, or had no room
  time_point seen_;   // it still had not given more
  std::uint64_t given_ = 0;
  bool told_ = false;
};

}  // namespace weir
