#include "runtime/supervision/restart_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "runtime/base/duration.hpp"
#include "runtime/flow/planted_defect.hpp"

namespace weir {
namespace {

nanoseconds scaled(nanoseconds wait, double by) {
  // What does not fit into a duration is longer than anybody waits.
  const double count = static_cast<double>(wait.count()) * by;
  const auto longest = static_cast<double>(longest_wait.count());
  return nanoseconds(static_cast<std::int64_t>(std::clamp(count, 0.0, longest)));
}

// Without jitter.
nanoseconds plain_wait(const restart_backoff& how, std::uint32_t attempt) {
  const double grown = std::pow(how.factor, static_cast<double>(attempt) - 1);
  return std::min(scaled(how.first, grown), how.max);
}

}  // namespace

nanoseconds backoff_wait(const restart_backoff& how, std::uint32_t attempt, double chance) {
  return scaled(plain_wait(how, attempt), 1 + how.jitter * (2 * chance - 1));
}

nanoseconds backoff_wait(const retry_backoff& how, std::uint32_t attempt, double chance) {
  const restart_backoff same{
      .first = how.first, .factor = how.factor, .max = how.max, .jitter = how.jitter};
  return backoff_wait(same, attempt, chance);
}

std::string wait_text(nanoseconds wait) {
  constexpr std::chrono::milliseconds step(1);
  return to_text(wait < step ? wait : std::chrono::round<std::chrono::milliseconds>(wait));
}

nanoseconds least_time_to_exceed(const restart_limits& limits) {
  nanoseconds sum{0};
  for (std::uint32_t attempt = 1; attempt <= limits.most && sum <= limits.within; ++attempt)
    sum += scaled(plain_wait(limits.backoff, attempt), 1 - limits.backoff.jitter);
  return sum;
}

std::optional<nanoseconds> retry_series::failed(const retry_limits& limits, time_point now,
                                                double chance) const {
  // In virtual time a wait of nothing would never reach the deadline.
  constexpr nanoseconds least = std::chrono::milliseconds(1);
  const nanoseconds left = first_.at + limits.deadline - now;
  if (left <= nanoseconds(0)) return std::nullopt;
  return std::min(std::max(backoff_wait(limits.backoff, attempts_ + 1, chance), least), left);
}

std::string retry_series::told(time_point now) const {
  return fmt::format("tried again {} time{} in {}", attempts_, attempts_ == 1 ? "" : "s",
                     wait_text(now - first_.at));
}

std::optional<nanoseconds> restart_history::failed(past_failure what, double chance) {
  const time_point now = what.at;
  if (last_ && now - *last_ >= limits_.backoff.reset_after) attempt_ = 0;
  last_ = now;
  recent_.push_back(std::move(what));
  std::erase_if(recent_, [&](const past_failure& f) { return now - f.at > limits_.within; });
  if (recent_.size() > limits_.most && !is_planted(planted_defect::never_gives_up))
    return std::nullopt;
  return backoff_wait(limits_.backoff, ++attempt_, chance);
}

std::vector<std::string> restart_history::told() const {
  std::vector<std::string> lines;
  for (const auto& f : recent_) {
    const auto before = recent_.back().at - f.at;
    lines.push_back(fmt::format("{}: '{}' failed: {}{}{}",
                                before == nanoseconds(0)
                                    ? std::string("at last")
                                    : fmt::format("{} before", wait_text(before)),
                                f.call, f.cause.text, f.where.empty() ? "" : ", at " + f.where,
                                f.tried.empty() ? "" : "; " + f.tried));
  }
  return lines;
}

}  // namespace weir
