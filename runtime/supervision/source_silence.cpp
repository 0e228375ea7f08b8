#include "runtime/supervision/source_silence.hpp"

namespace weir {

void source_silence::look(std::uint64_t given, cause why, time_point asked, time_point now) {
  if (given == given_ && why != cause::room) {
    if (why == cause::itself) seen_ = asked;
    return;
  }
  // One that was told and has given nothing since is still the same silence.
  if (given != given_) told_ = false;
  given_ = given;
  since_ = now;
}

std::optional<time_point> source_silence::take_news() {
  if (told_ || seen_ - since_ < timeout_) return std::nullopt;
  told_ = true;
  return since_;
}

}  // namespace weir
