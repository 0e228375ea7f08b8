#include "runtime/executor/stage_context.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "runtime/base/check.hpp"

namespace weir {

stage_context::stage_context(const clock& time, memory_budget& budget, std::uint64_t seed,
                             std::vector<column_demand> demand, std::vector<known_columns> known,
                             std::weak_ptr<wake_target> target, std::stop_token aborted,
                             const std::string& temporary_folder)
    : time_(time),
      account_(budget),
      random_(seed),
      demand_(std::move(demand)),
      known_(std::move(known)),
      target_(std::move(target)),
      aborted_(std::move(aborted)),
      temporary_folder_(temporary_folder) {}

stage_context::~stage_context() {
  if (stop_descriptor_ >= 0) ::close(stop_descriptor_);
}

result<void> stage_context::allow_wait() {
  stop_descriptor_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (stop_descriptor_ >= 0) return {};
  return failure("no-descriptor",
                 fmt::format("the stage may wait and needs a descriptor, which the system does not "
                             "give: {}",
                             std::generic_category().message(errno)));
}

class waker stage_context::waker() {
  has_waker_ = true;
  return weir::waker(target_);
}

context::waited stage_context::wait(int descriptor, direction way,
                                    std::optional<time_point> deadline) {
  WEIR_CHECK(stop_descriptor_ >= 0, "a stage waits that did not say that it may");
  const auto began = time_.now();
  if (watch_) watch_->pause();
  const auto finish = [&](waited how) {
    if (watch_) watch_->go_on();
    waited_.fetch_add((time_.now() - began).count(), std::memory_order_relaxed);
    return how;
  };
  pollfd polled[] = {
      {descriptor, static_cast<short>(way == direction::readable ? POLLIN : POLLOUT), 0},
      {stop_descriptor_, POLLIN, 0}};
  for (;;) {
    int milliseconds = -1;
    if (deadline) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - time_.now());
      milliseconds = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
    }
    const int ready = ::poll(polled, 2, milliseconds);
    if (polled[1].revents != 0 || stopping()) return finish(waited::stopping);
    // A descriptor that was closed or broke is ready: the read or write tells how.
    if (ready > 0 && polled[0].revents != 0) return finish(waited::ready);
    if (deadline && time_.now() >= *deadline) return finish(waited::timed_out);
  }
}

const column_demand& stage_context::demand(std::uint32_t output_port) const {
  WEIR_CHECK(output_port < demand_.size(), "a demand of a port that the stage does not have");
  return demand_[output_port];
}

const known_columns& stage_context::known(std::uint32_t input_port) const {
  WEIR_CHECK(input_port < known_.size(), "a question about a port that the stage does not have");
  return known_[input_port];
}

void stage_context::request_stop() {
  stopping_.store(true, std::memory_order_release);
  if (stop_descriptor_ < 0) return;
  const std::uint64_t one = 1;
  // The counter can't overflow by one write a stop, and a full one wakes as well.
  [[maybe_unused]] const auto written = ::write(stop_descriptor_, &one, sizeof one);
}

std::optional<time_point> stage_context::take_wake_time() {
  return std::exchange(wake_time_, std::nullopt);
}

nanoseconds stage_context::take_waited() {
  return nanoseconds(waited_.exchange(0, std::memory_order_relaxed));
}

}  // namespace weir
