#include "runtime/executor/call_times.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

namespace weir {
namespace {

using namespace std::chrono_literals;

// A clock that calls move on, and that counts who looks at it.
class watched_clock final : public clock {
 public:
  time_point now() const override {
    ++looks;
    return time;
  }
  wall_time wall() const override { return {}; }

  time_point time{};
  mutable int looks = 0;
};

// Calls of two stages by turns, in one run.
void make_run(call_times& times, watched_clock& time, std::initializer_list<nanoseconds> calls) {
  times.begin(time.time);
  std::size_t stage = 0;
  for (const auto took : calls) {
    time.time += took;
    times.returned(stage++ % 2);
  }
  CHECK(times.end() == time.time);
}

TEST_CASE("long calls are timed one by one") {
  watched_clock time;
  call_times times(time, 2);
  for (int run = 0; run < 10; ++run) make_run(times, time, {3us, 4us});
  make_run(times, time, {9us, 3us});
  CHECK(times.busy(0) == 39us);
  CHECK(times.busy(1) == 43us);
  CHECK(time.looks == 22);
}

TEST_CASE("of short calls one run in sixteen is timed call by call, and the sum is exact") {
  watched_clock time;
  call_times times(time, 2);
  for (int run = 0; run < 80; ++run) make_run(times, time, {100ns, 300ns});
  CHECK(times.busy(0) == 8us);
  CHECK(times.busy(1) == 24us);
  CHECK(time.looks == 5 * 2 + 75 * 1);
}

TEST_CASE("behind a run of long calls each is timed") {
  watched_clock time;
  call_times times(time, 2);
  for (int run = 0; run < 3; ++run) make_run(times, time, {100ns, 100ns});
  make_run(times, time, {1ms, 100ns});  // not timed call by call: nobody can know
  CHECK(times.busy(0) + times.busy(1) == 1ms + 700ns);
  const int before = time.looks;
  make_run(times, time, {100ns, 100ns});
  CHECK(time.looks == before + 2);
}

TEST_CASE("a long run looks at the clock now and then, whatever its calls take") {
  watched_clock time;
  call_times times(time, 1);
  times.begin(time.time);
  times.returned(0);
  times.end();
  times.begin(time.time);
  for (int call = 0; call < 1000; ++call) {
    time.time += 1us;
    const nanoseconds behind = time.time - times.returned(0);
    CHECK(behind < 64us);
  }
  times.end();
  CHECK(times.busy(0) == 1ms);
}

TEST_CASE("a stage that was never called was never busy") {
  watched_clock time;
  const call_times times(time, 2);
  CHECK(times.busy(1) == 0ns);
}

}  // namespace
}  // namespace weir
