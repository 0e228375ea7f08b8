#include "runtime/supervision/restart_policy.hpp"

#include <doctest/doctest.h>

#include <string>

namespace weir {
namespace {

using namespace std::chrono_literals;

past_failure at(nanoseconds time, const char* text = "it broke") {
  return {time_point(time), "process", {"broken", text, {}}, {}};
}

TEST_CASE("each wait is a factor longer than the one before, up to the longest") {
  const restart_backoff how{.first = 100ms, .factor = 2, .max = 1s, .jitter = 0};
  const nanoseconds waits[] = {100ms, 200ms, 400ms, 800ms, 1s, 1s};
  for (std::uint32_t attempt = 1; attempt <= 6; ++attempt)
    CHECK(backoff_wait(how, attempt, 0.3) == waits[attempt - 1]);
  CHECK(backoff_wait(how, 1'000'000, 0.3) == 1s);
}

TEST_CASE("the jitter makes a wait longer or shorter by its part at most") {
  const restart_backoff how{.first = 100ms, .jitter = 0.2};
  CHECK(backoff_wait(how, 1, 0) == 80ms);
  CHECK(backoff_wait(how, 1, 0.5) == 100ms);
  CHECK(backoff_wait(how, 1, 0.999) < 120ms);
  CHECK(backoff_wait(how, 1, 0.999) > 119ms);
}

TEST_CASE("as many restarts as allowed are given within the time, and no more") {
  restart_history history({.most = 2, .within = 5s});
  CHECK(history.failed(at(0s, "first"), 0.5) == 100ms);
  CHECK(history.failed(at(1s), 0.5) == 200ms);
  CHECK_FALSE(history.failed(at(5s, "last"), 0.5));
  REQUIRE(history.recent().size() == 3);
  CHECK(history.recent().front().cause.text == "first");
  CHECK(history.told().front() == "5s before: 'process' failed: first");
  CHECK(history.told().back() == "at last: 'process' failed: last");
}

TEST_CASE("a wait is told in whole milliseconds, and a shorter one as it is") {
  CHECK(wait_text(97'073'157ns) == "97ms");
  CHECK(wait_text(1'499'600us) == "1.5s");
  CHECK(wait_text(1ms) == "1ms");
  CHECK(wait_text(999'999ns) == "999.999us");
}

TEST_CASE("failures that lie back longer than the time do not count") {
  restart_history history({.most = 2, .within = 5s});
  for (auto time = 0s; time < 60s; time += 3s) CHECK(history.failed(at(time), 0.5));
  CHECK(history.failed(at(58s), 0.5) == std::nullopt);
}

TEST_CASE("after a time without a failure the waits begin anew") {
  restart_limits limits{.most = 100, .within = 5s};
  limits.backoff.reset_after = 10s;
  restart_history history(limits);
  CHECK(history.failed(at(0s), 0.5) == 100ms);
  CHECK(history.failed(at(9s), 0.5) == 200ms);
  CHECK(history.failed(at(19s), 0.5) == 100ms);
}

TEST_CASE("a call is made again until the deadline, at which the last attempt is made") {
  const retry_limits limits{.deadline = 1s,
                            .backoff = {.first = 100ms, .factor = 3, .max = 10s, .jitter = 0}};
  retry_series series(at(10s));
  CHECK(series.told(time_point(10s)) == "tried again 0 times in 0s");
  CHECK(series.failed(limits, time_point(10s), 0.5) == 100ms);
  series.attempt();
  CHECK(series.failed(limits, time_point(10100ms), 0.5) == 300ms);
  series.attempt();
  CHECK(series.failed(limits, time_point(10400ms), 0.5) == 600ms);
  series.attempt();
  CHECK(series.failed(limits, time_point(11s), 0.5) == std::nullopt);
  CHECK(series.told(time_point(11s)) == "tried again 3 times in 1s");
  CHECK(series.first().cause.text == "it broke");
}

TEST_CASE("a call waits 1 ms at least before it is made again, and not beyond the deadline") {
  retry_limits limits{.deadline = 1s, .backoff = {.first = 0s, .max = 0s, .jitter = 1}};
  const retry_series series(at(0s));
  CHECK(series.failed(limits, time_point(0s), 0) == 1ms);
  CHECK(series.failed(limits, time_point(1s - 1us), 0) == 1us);
}

TEST_CASE("the least time to be restarted too often is that of the shortest waits") {
  restart_limits limits{.most = 3, .within = 5s};
  limits.backoff.jitter = 0;
  CHECK(least_time_to_exceed(limits) == 700ms);
  limits.backoff.jitter = 0.5;
  CHECK(least_time_to_exceed(limits) == 350ms);
  limits.most = 1'000'000;
  CHECK(least_time_to_exceed(limits) > limits.within);
}

}  // namespace
}  // namespace weir
