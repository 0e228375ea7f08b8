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
#include "tests/actors/support/random_packed.hpp"
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

std::string shown(const codecs::bad_record& bad) {
  return bad.code + " at " + std::to_string(bad.offset) + ", line " + std::to_string(bad.line) +
         ": " + bad.bytes + "\n";
}

// Its records, one a line, with their places. One that is too long is left to whoever reads the
// block where it ends in the block that it begins in.
std::string shown(const file_feed::piece& given) {
  std::string text;
  for (const auto& bad : given.too_long) text += shown(bad);
  if (!given.block) return text;
  auto offset = given.block->offset;
  auto line = given.block->line;
  for (auto rest = given.block->text(); !rest.empty(); ++line) {
    const auto size = std::min(rest.find('\n'), rest.size() - 1) + 1;
    auto record = rest.substr(0, size);
    for (const char end : {'\n', '\r'})
      if (record.ends_with(end)) record.remove_suffix(1);
    if (record.size() > record_max.bytes)
      text += shown(codecs::too_long_record(offset, line, record.size(), record, record_max));
    else
      text += given.input->text + " at " + std::to_string(offset) + ", line " +
              std::to_string(line) + ": " + std::string(record) + "\n";
    offset += size;
    rest.remove_prefix(size);
  }
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
    // What was read is given, and nothing is read any more.
    auto last = feed_.next(in);
    for (int blocks = 0; blocks < 3 && note(last) && last->what == file_feed::news::piece; ++blocks)
      last = feed_.next(in);
    if (!last || last->what == file_feed::news::piece || last->what == file_feed::news::later)
      note_odd("a reader that stops got more");
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

std::string many_parts(random_source& random, const random_kind& of, std::size_t parts) {
  std::string data;
  for (std::size_t i = 0; i < parts; ++i) data += of.part(random, random_text(random, 60'000));
  return data;
}

// Records, one a line, with their places: by how many blocks they came does not count.
std::string records_of(const given_blocks& got) {
  std::string all;
  for (const auto& [turn, text] : got.by_turn) all += text;
  return all;
}

void check_same(const given_blocks& got, const given_blocks& alone, unsigned readers) {
  CHECK(got.odd.empty());
  CHECK(described(got.ended_by) == described(alone.ended_by));
  if (!got.by_turn.empty()) CHECK(got.by_turn.rbegin()->first == got.by_turn.size());
  CHECK((records_of(got) == records_of(alone)));
  if (!got.ended_by) CHECK(got.ends == readers);
}

}  // namespace

TEST_CASE(
    "readers of packed files get together what one reader gets alone, and all come to the end") {
  const temporary_folder folder;
  for (const auto seed : test_seeds(6)) {
    CAPTURE(seed);
    random_source random(seed);
    std::vector<std::string> paths;
    for (auto files = 1 + random.below(3); files > 0; --files) {
      const auto& of = random_kinds[random.below(2)];
      const auto data = random.below(2) == 0 ? many_parts(random, of, 40 + random.below(300))
                                             : random_packed(random, of, 3'000'000);
      paths.push_back(folder.write(std::to_string(files), data));
    }
    const auto alone = reading(paths, 1).run(0, seed);
    for (const unsigned readers : {2U, 4U, 9U}) {
      const auto got = reading(paths, readers).run(0, seed);
      CAPTURE(readers);
      check_same(got, alone, readers);
    }
  }
}

// Parts of a file are read side by side, and its records lie across their borders: some as long as
// a part's front, as a block, and too long.
std::string long_and_short_lines(random_source& random) {
  std::string text;
  for (auto lines = random.below(4000); lines > 0; --lines) {
    const auto kind = random.below(200);
    const std::uint32_t most = kind == 0 ? 600'000 : kind < 5 ? 40'000 : 300;
    text.append(random.below(most), static_cast<char>('a' + random.below(26)));
    text += random.below(20) == 0 ? "\r\n" : "\n";
  }
  if (random.below(2) == 0) text += "without an end";
  return text;
}

TEST_CASE("readers of plain files get together what one reader gets alone") {
  const temporary_folder folder;
  for (const auto seed : test_seeds(20)) {
    CAPTURE(seed);
    random_source random(seed);
    std::vector<std::string> paths;
    for (auto files = 1 + random.below(3); files > 0; --files)
      paths.push_back(folder.write(std::to_string(files), long_and_short_lines(random)));
    const auto alone = reading(paths, 1).run(0, seed);
    for (const unsigned readers : {2U, 4U, 9U}) {
      CAPTURE(readers);
      check_same(reading(paths, readers).run(0, seed), alone, readers);
      const auto some = reading(paths, readers).run(readers - 1, seed);
      check_same(some, alone, some.ends);
      CHECK(some.ends >= 1);
    }
  }
}

TEST_CASE("what readers that leave have not given is given by those that stay") {
  const temporary_folder folder;
  for (const auto seed : test_seeds(6)) {
    CAPTURE(seed);
    random_source random(seed);
    const auto path = folder.write("packed", many_parts(random, random_kinds[seed % 2], 200));
    const auto alone = reading({path}, 1).run(0, seed);
    const auto got = reading({path}, 5).run(3, seed);
    check_same(got, alone, got.ends);
    CHECK(got.ends >= 2);
  }
}

}  // namespace weir::testing
