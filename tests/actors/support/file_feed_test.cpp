#include "actors/support/file_feed.hpp"

#include <doctest/doctest.h>

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/random.hpp"
#include "tests/actors/support/random_gzip.hpp"
#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/fake_context.hpp"
#include "tests/support/hang_limit.hpp"
#include "tests/support/test_seeds.hpp"

namespace weir::testing {
namespace {

constexpr byte_size record_max = 100_KiB;

// What the readers of a feed were given, by turn.
struct given_blocks {
  std::map<std::uint64_t, std::string> by_turn;
  std::optional<error> ended_by;
  unsigned ends = 0;  // readers that came to the end
  std::string odd;    // what must not be
};

std::string shown(const file_feed::piece& given) {
  std::string text;
  for (const auto& bad : given.too_long)
    text += bad.code + " at " + std::to_string(bad.offset) + ", line " + std::to_string(bad.line) +
            ": " + bad.bytes + "\n";
  if (given.block)
    text += given.input->text + " at " + std::to_string(given.block->offset) + ", line " +
            std::to_string(given.block->line) + ": " + std::string(given.block->text());
  return text;
}

// Readers of one feed, a thread each.
class reading {
 public:
  reading(std::vector<std::string> paths, unsigned readers)
      : readers_(readers), feed_(options(std::move(paths), readers)) {}

  /// All of them to the end; with `leavers`, so many leave after a few calls, as readers whose
  /// records nobody wants.
  given_blocks run(unsigned leavers, std::uint64_t seed) {
    std::vector<std::thread> threads;
    for (unsigned reader = 0; reader < readers_; ++reader)
      threads.emplace_back([this, reader, leavers, seed] {
        random_source random(seed + reader);
        read(reader < leavers ? std::optional(random.below(20)) : std::nullopt);
      });
    for (auto& thread : threads) thread.join();
    return std::move(given_);
  }

 private:
  static feed_options options(std::vector<std::string> paths, unsigned readers) {
    feed_options with{.paths = std::move(paths), .record_max = record_max, .readers = readers};
    with.misfit = [](const std::string&) { return std::nullopt; };
    with.make_splitter = [] { return std::make_unique<codecs::line_splitter>(); };
    return with;
  }

  void read(std::optional<std::uint32_t> calls) {
    fake_context in(0, 1_GiB, {}, {});
    if (!feed_.open(in)) return;
    while (!calls || (*calls)-- > 0) {
      const auto step = feed_.next(in);
      if (!note(step)) return;
      if (step->what == file_feed::news::later && !wait_for_wake(in)) return;
    }
    in.stop();
    const auto last = feed_.next(in);
    if (!last || last->what != file_feed::news::nothing) note_odd("a reader that stops got more");
  }

  // Whether there may be more.
  bool note(const result<file_feed::step>& step) {
    const std::lock_guard held(lock_);
    if (!step) {
      given_.ended_by = step.error();
      return false;
    }
    if (step->what == file_feed::news::piece)
      given_.by_turn.emplace(step->given.turn, shown(step->given));
    if (step->what == file_feed::news::end) ++given_.ends;
    return step->what != file_feed::news::end;
  }

  bool wait_for_wake(fake_context& in) {
    const auto deadline = machine_clock().now() + hang_limit;
    while (!in.take_wake()) {
      if (machine_clock().now() > deadline) {
        note_odd("nobody wakes a reader");
        return false;
      }
      std::this_thread::yield();
    }
    return true;
  }

  void note_odd(const char* what) {
    const std::lock_guard held(lock_);
    given_.odd = what;
  }

  unsigned readers_;
  file_feed feed_;
  std::mutex lock_;
  given_blocks given_;
};

std::string described(const std::optional<error>& cause) {
  return cause ? cause->code + ": " + cause->text + "; " + cause->detail : "";
}

std::string many_members(random_source& random, std::size_t members) {
  std::string data;
  for (std::size_t i = 0; i < members; ++i)
    data += random_member(random, random_text(random, 60'000));
  return data;
}

void check_same(const given_blocks& got, const given_blocks& alone, unsigned readers) {
  CHECK(got.odd.empty());
  CHECK(described(got.ended_by) == described(alone.ended_by));
  CHECK(got.by_turn.size() == alone.by_turn.size());
  CHECK((got.by_turn == alone.by_turn));
  if (!got.ended_by) CHECK(got.ends == readers);
}

}  // namespace

TEST_CASE(
    "readers of gzip files get together what one reader gets alone, and all come to the end") {
  const temporary_folder folder;
  for (const auto seed : test_seeds(6)) {
    CAPTURE(seed);
    random_source random(seed);
    std::vector<std::string> paths;
    for (auto files = 1 + random.below(3); files > 0; --files) {
      const auto data = random.below(2) == 0 ? many_members(random, 40 + random.below(300))
                                             : random_gzip(random, 3'000'000);
      paths.push_back(folder.write(std::to_string(files) + ".gz", data));
    }
    const auto alone = reading(paths, 1).run(0, seed);
    for (const unsigned readers : {2U, 4U, 9U}) {
      const auto got = reading(paths, readers).run(0, seed);
      CAPTURE(readers);
      check_same(got, alone, readers);
    }
  }
}

TEST_CASE("what readers that leave have not given is given by those that stay") {
  const temporary_folder folder;
  for (const auto seed : test_seeds(6)) {
    CAPTURE(seed);
    random_source random(seed);
    const auto path = folder.write("a.gz", many_members(random, 200));
    const auto alone = reading({path}, 1).run(0, seed);
    const auto got = reading({path}, 5).run(3, seed);
    check_same(got, alone, got.ends);
    CHECK(got.ends >= 2);
  }
}

}  // namespace weir::testing
