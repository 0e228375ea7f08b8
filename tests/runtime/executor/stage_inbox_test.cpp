// The inbox of a stage: nothing is lost or turned round, and the reader is woken once for each
// rest.

#include "runtime/executor/stage_inbox.hpp"

#include <doctest/doctest.h>

#include <semaphore>
#include <thread>
#include <vector>

namespace weir {
namespace {

edge_grant grant_of(edge_id edge, std::uint64_t chunks) {
  return {edge, first_epoch, {chunks, chunks}};
}

const edge_grant& grant_in(const shell_message& message) {
  return std::get<edge_grant>(std::get<upstream_message>(message));
}

std::vector<shell_message> taken_from(stage_inbox& inbox) {
  std::vector<shell_message> all;
  inbox.take(all);
  return all;
}

TEST_CASE("only the first message to a reader at rest has to wake it") {
  stage_inbox inbox;
  CHECK(inbox.put(upstream_message(grant_of(0, 1))));
  CHECK_FALSE(inbox.put(upstream_message(grant_of(0, 2))));
  const auto all = taken_from(inbox);
  REQUIRE(all.size() == 2);
  CHECK(grant_in(all[0]).limit.chunks == 1);
  CHECK(grant_in(all[1]).limit.chunks == 2);
  CHECK(taken_from(inbox).empty());
  // At work: it will look again.
  CHECK_FALSE(inbox.put(upstream_message(grant_of(0, 3))));
  CHECK_FALSE(inbox.rest());
  CHECK(taken_from(inbox).size() == 1);
  CHECK(inbox.rest());
  CHECK(inbox.put(upstream_message(grant_of(0, 4))));
}

TEST_CASE("wake-ups that nobody has heard yet are one, and none is lost after that") {
  stage_inbox inbox;
  CHECK(inbox.put(stage_woken{}));
  CHECK_FALSE(inbox.put(stage_woken{}));
  CHECK_FALSE(inbox.put(stage_woken{}));
  CHECK(taken_from(inbox).size() == 1);
  CHECK_FALSE(inbox.put(stage_woken{}));
  CHECK(taken_from(inbox).size() == 1);
}

TEST_CASE("messages from several threads come each in its order, and a rest is always ended") {
  constexpr edge_id writers = 3;
  constexpr std::uint64_t messages = 20'000;
  stage_inbox inbox;
  std::counting_semaphore<writers * messages> awake(0);
  std::vector<std::uint64_t> seen(writers, 0);
  std::thread reader([&] {
    std::vector<shell_message> arrived;
    for (std::uint64_t left = writers * messages; left > 0;) {
      awake.acquire();
      do {
        inbox.take(arrived);
        for (const auto& message : arrived) {
          const edge_grant& grant = grant_in(message);
          CHECK(grant.limit.chunks == ++seen[grant.edge]);
          --left;
        }
      } while (!inbox.rest());
    }
  });
  {
    std::vector<std::jthread> writing;
    for (edge_id writer = 0; writer < writers; ++writer)
      writing.emplace_back([&, writer] {
        for (std::uint64_t n = 1; n <= messages; ++n)
          if (inbox.put(upstream_message(grant_of(writer, n)))) awake.release();
      });
  }
  reader.join();
  CHECK(seen == std::vector<std::uint64_t>(writers, messages));
}

}  // namespace
}  // namespace weir
