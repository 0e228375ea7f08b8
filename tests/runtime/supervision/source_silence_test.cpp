#include "runtime/supervision/source_silence.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace weir {
namespace {

using namespace std::chrono_literals;

using cause = source_silence::cause;

time_point at(nanoseconds since) { return time_point(since); }

TEST_CASE("a silence is told once, with when it began") {
  source_silence silence(5s, at(10s));
  silence.look(0, cause::itself, at(14s), at(14s));
  CHECK_FALSE(silence.take_news());
  silence.look(0, cause::itself, at(15s), at(15s));
  CHECK(silence.take_news() == at(10s));
  silence.look(0, cause::itself, at(100s), at(100s));
  CHECK_FALSE(silence.take_news());
}

TEST_CASE("what is given ends a silence, and the next is told again") {
  source_silence silence(5s, at(0s));
  silence.look(1, cause::itself, at(4s), at(4s));
  silence.look(1, cause::itself, at(8s), at(8s));
  CHECK_FALSE(silence.take_news());
  silence.look(1, cause::itself, at(9s), at(9s));
  CHECK(silence.take_news() == at(4s));
  silence.look(2, cause::itself, at(20s), at(20s));
  silence.look(2, cause::itself, at(25s), at(25s));
  CHECK(silence.take_news() == at(20s));
}

TEST_CASE("a source that has no room is not silent") {
  source_silence silence(5s, at(0s));
  silence.look(0, cause::room, at(4s), at(4s));
  silence.look(0, cause::itself, at(8s), at(8s));
  CHECK_FALSE(silence.take_news());
  silence.look(0, cause::itself, at(9s), at(9s));
  CHECK(silence.take_news() == at(4s));
}

TEST_CASE("to have had no room does not make a silence that was told a new one") {
  source_silence silence(5s, at(0s));
  silence.look(0, cause::itself, at(5s), at(5s));
  CHECK(silence.take_news());
  silence.look(0, cause::room, at(6s), at(6s));
  silence.look(0, cause::itself, at(60s), at(60s));
  CHECK_FALSE(silence.take_news());
}

TEST_CASE("a source that is not called is not silent by that, nor is its silence at an end") {
  source_silence silence(5s, at(0s));
  silence.look(0, cause::turn, at(60s), at(60s));
  CHECK_FALSE(silence.take_news());
  silence.look(0, cause::itself, at(61s), at(61s));
  CHECK(silence.take_news() == at(0s));
}

TEST_CASE("an answer that comes late says nothing of the time since it was asked for") {
  source_silence silence(5s, at(0s));
  silence.look(0, cause::itself, at(4s), at(60s));
  CHECK_FALSE(silence.take_news());
}

}  // namespace
}  // namespace weir
