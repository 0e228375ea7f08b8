#include "pipelines/cli/shutdown.hpp"

namespace weir {

shutdown::step shutdown::enter(state next, time_point deadline, step what) {
  state_ = next;
  deadline_ = deadline;
  return what;
}

shutdown::step shutdown::on_signal(int number, time_point now) {
  if (number == last_signal_ && now - last_signal_at_ < same_signal) return step::none;
  last_signal_ = number;
  last_signal_at_ = now;
  return go_on(now);
}

shutdown::step shutdown::go_on(time_point now) {
  switch (state_) {
    case state::running:
      return enter(state::draining, now + drain_time_, step::drain);
    case state::draining:
    case state::ending:
      return enter(state::aborting, now + abort_grace, step::abort);
    case state::aborting:
      break;
    case state::left:
      return step::none;
  }
  state_ = state::left;
  deadline_.reset();
  return step::leave;
}

void shutdown::on_failure(time_point now) {
  if (state_ == state::running || state_ == state::draining)
    enter(state::ending, now + abort_grace, step::none);
}

shutdown::step shutdown::on_time(time_point now) {
  if (!deadline_ || now < *deadline_) return step::none;
  return go_on(now);  // the end of a budget asks for what one more signal would
}

}  // namespace weir
