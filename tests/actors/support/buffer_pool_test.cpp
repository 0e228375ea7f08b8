#include "actors/support/buffer_pool.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

using namespace weir;

TEST_CASE("a buffer that was let go is given again") {
  const auto pool = buffer_pool::of(100);
  auto first = pool->take();
  CHECK(first->capacity() == 100);
  const buffer* where = first.get();
  const auto second = pool->take();
  CHECK(second.get() != where);
  first.reset();
  CHECK(pool->take().get() == where);
}

TEST_CASE("buffers may outlive their pool, and be let go on any thread") {
  auto pool = buffer_pool::of(100);
  auto held = pool->take();
  std::thread([other = pool->take()]() mutable { other.reset(); }).join();
  pool.reset();
  held->data()[99] = 'x';
  held.reset();
  CHECK(!held);
}

TEST_CASE("a pool keeps a bounded number of idle buffers") {
  const auto pool = buffer_pool::of(10);
  std::vector<std::shared_ptr<buffer>> all;
  for (std::size_t i = 0; i < 2 * buffer_pool::kept_max; ++i) all.push_back(pool->take());
  CHECK(pool->idle() == 0);
  all.clear();
  CHECK(pool->idle() == buffer_pool::kept_max);
}
