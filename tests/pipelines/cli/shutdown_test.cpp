#include "pipelines/cli/shutdown.hpp"

#include <doctest/doctest.h>

#include <csignal>

namespace weir {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using step = shutdown::step;

constexpr time_point start{seconds(100)};

}  // namespace

TEST_CASE("nothing happens by itself") {
  shutdown what(seconds(10));
  CHECK_FALSE(what.deadline());
  CHECK(what.on_time(start + seconds(1'000)) == step::none);
}

TEST_CASE("a first signal drains, a second aborts, a third leaves") {
  shutdown what(seconds(10));
  CHECK(what.on_signal(SIGINT, start) == step::drain);
  CHECK(what.on_signal(SIGINT, start + seconds(1)) == step::abort);
  CHECK(what.on_signal(SIGINT, start + seconds(2)) == step::leave);
  CHECK(what.on_signal(SIGINT, start + seconds(3)) == step::none);
  CHECK_FALSE(what.deadline());
}

TEST_CASE("the same signal again at once is one") {
  shutdown what(seconds(10));
  CHECK(what.on_signal(SIGINT, start) == step::drain);
  CHECK(what.on_signal(SIGINT, start + milliseconds(199)) == step::none);
  CHECK(what.on_signal(SIGINT, start + milliseconds(200)) == step::abort);
}

TEST_CASE("another signal counts at once") {
  shutdown what(seconds(10));
  CHECK(what.on_signal(SIGINT, start) == step::drain);
  CHECK(what.on_signal(SIGTERM, start) == step::abort);
}

TEST_CASE("a drain that takes longer than its budget is aborted, and then left") {
  shutdown what(seconds(10));
  CHECK(what.on_signal(SIGINT, start) == step::drain);
  const auto abort_at = start + seconds(10) + shutdown::drain_grace;
  CHECK(what.deadline() == abort_at);
  CHECK(what.on_time(abort_at - milliseconds(1)) == step::none);
  CHECK(what.on_time(abort_at) == step::abort);
  CHECK(what.deadline() == abort_at + shutdown::abort_grace);
  CHECK(what.on_time(abort_at + seconds(1)) == step::none);
  CHECK(what.on_time(abort_at + shutdown::abort_grace) == step::leave);
  CHECK(what.on_time(start + seconds(100)) == step::none);
}

TEST_CASE("a run that fails and does not end is aborted, and then left") {
  shutdown what(seconds(10));
  what.on_failure(start);
  const auto abort_at = start + shutdown::abort_grace;
  CHECK(what.deadline() == abort_at);
  what.on_failure(start + seconds(5));
  CHECK(what.deadline() == abort_at);
  CHECK(what.on_time(abort_at) == step::abort);
  CHECK(what.on_time(abort_at + shutdown::abort_grace) == step::leave);
}

TEST_CASE("a signal to a run that is failing aborts it") {
  shutdown what(seconds(10));
  what.on_failure(start);
  CHECK(what.on_signal(SIGINT, start + seconds(1)) == step::abort);
}

TEST_CASE("a failure does not take back an abort") {
  shutdown what(seconds(10));
  what.on_signal(SIGINT, start);
  what.on_signal(SIGINT, start + seconds(1));
  what.on_failure(start + seconds(2));
  CHECK(what.deadline() == start + seconds(1) + shutdown::abort_grace);
}

}  // namespace weir
