#include "runtime/executor/call_watch.hpp"

#include "runtime/executor/stage_member.hpp"

namespace weir {

void call_watch::begin(const char* name, const edge_item& on) {
  const std::lock_guard held(lock_);
  call_ = name;
  on_ = on;
  since_ = time_.now();
  before_ = {};
  told_ = false;
}

void call_watch::pause() {
  const std::lock_guard held(lock_);
  before_ = taken();
  since_.reset();
}

void call_watch::go_on() {
  const std::lock_guard held(lock_);
  since_ = time_.now();
}

std::optional<nanoseconds> call_watch::end() {
  const std::lock_guard held(lock_);
  const nanoseconds took = taken();
  call_ = nullptr;
  on_ = {};
  return took > most_ ? std::optional(took) : std::nullopt;
}

std::optional<call_watch::overdue> call_watch::look() {
  const std::lock_guard held(lock_);
  if (call_ == nullptr || taken() <= most_) return std::nullopt;
  return overdue{call_, place_of(on_), taken(), !std::exchange(told_, true)};
}

nanoseconds call_watch::taken() const {
  return before_ + (since_ ? time_.now() - *since_ : nanoseconds(0));
}

}  // namespace weir
