#include "actors/support/gzip_slices.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "actors/support/unpacked_input.hpp"
#include "runtime/base/random.hpp"
#include "tests/actors/support/random_gzip.hpp"
#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/test_seeds.hpp"

namespace weir::testing {
namespace {

// What came of a file: its text, and what it ended with.
struct outcome {
  std::string text;
  std::string ended_by;

  void end_with(const error& cause) {
    ended_by = cause.code + ": " + cause.text + "; " + cause.detail;
  }
};

// By one unpacker, as a single reader has it.
outcome serially(const std::string& path) {
  auto input = unpacked_input::open(path);
  REQUIRE(input);
  outcome out;
  std::string room(10'000, '\0');
  for (;;) {
    const auto got = input->read(room);
    if (!got) {
      out.end_with(got.error());
      return out;
    }
    REQUIRE(*got);
    if (**got == 0) return out;
    out.text.append(room, 0, **got);
  }
}

// Readers that do all that readers with threads may do, in an order made up by chance: one reads
// while another is in the middle of a slice, which may be given back in any order or left as it
// was.
class readers_by_chance {
 public:
  readers_by_chance(const std::string& path, unsigned readers, gzip_slice_sizes sizes,
                    std::uint64_t seed)
      : file_(*input_file::open(path)),
        slices_({}, readers, sizes),
        readers_(readers),
        random_(seed) {}

  outcome run() {
    while (!ended_) act();
    return out_;
  }
  // Slices that were unpacked to where their text ends or may be held.
  std::size_t unpacked() const { return unpacked_; }

 private:
  void act() {
    if (random_.below(3) > 0 && busy_ < readers_) {
      read();
    } else if (!at_work_.empty()) {
      finish(random_.below(static_cast<std::uint32_t>(at_work_.size())));
    }
  }

  void read() {
    std::string room(1 + random_size(random_, 3000), '\0');
    const auto got = slices_.read(file_, room);
    if (!got) {
      out_.end_with(got.error());
      ended_ = true;
    } else if (!*got) {
      take();
    } else if (**got == 0) {
      ended_ = true;
    } else {
      out_.text.append(room, 0, **got);
    }
  }

  void take() {
    auto slice = slices_.take(file_);
    // Who waits now is woken by another that is at work.
    if (!slice) REQUIRE(busy_ > 0);
    if (!slice) return;
    ++busy_;
    at_work_.push_back(std::move(slice));
  }

  void finish(std::size_t which) {
    const auto slice = at_work_[which];
    at_work_.erase(at_work_.begin() + static_cast<std::ptrdiff_t>(which));
    bool left = false;
    slice->unpack([&] {
      if (random_.below(4) == 0 && !ended_) act();
      left = random_.below(20) == 0;
      return left;
    });
    if (!left) ++unpacked_;
    gzip_slices::give(*slice);
    --busy_;
  }

  input_file file_;
  gzip_slices slices_;
  unsigned readers_;
  random_source random_;
  std::vector<std::shared_ptr<gzip_slice>> at_work_;
  unsigned busy_ = 0;
  outcome out_;
  bool ended_ = false;
  std::size_t unpacked_ = 0;
};

gzip_slice_sizes random_sizes(random_source& random) {
  gzip_slice_sizes sizes;
  sizes.packed_least = 1 + random_size(random, random.below(2) == 0 ? 20 : 3000);
  sizes.packed_max = sizes.packed_least + random_size(random, 5000);
  sizes.piece = 1 + random_size(random, random.below(4) == 0 ? 100 : 3000);
  sizes.text_max = sizes.piece * (1 + random.below(20));
  return sizes;
}

}  // namespace

TEST_CASE("a place where a member may begin is told by magic number, method and flags") {
  using codecs::find_gzip_member;
  const std::string member = packed_by<codecs::gzip_packer>("text");
  const std::string data = "12" + member + member;
  CHECK(find_gzip_member(data, 0) == 2);
  CHECK(find_gzip_member(data, 2) == 2);
  CHECK(find_gzip_member(data, 3) == 2 + member.size());
  CHECK(find_gzip_member(data, 3 + member.size()) == std::string::npos);
  CHECK(find_gzip_member(data, data.size() + 10) == std::string::npos);
  CHECK(find_gzip_member(std::string("\x1f\x8b\x08\x1f", 4), 0) == 0);
  CHECK(find_gzip_member(std::string("\x1f\x8b\x08\x20", 4), 0) == std::string::npos);
  CHECK(find_gzip_member(std::string("\x1f\x8b\x07\x00", 4), 0) == std::string::npos);
  CHECK(find_gzip_member(std::string("\x1f\x8b\x08", 3), 0) == std::string::npos);
}

TEST_CASE("members unpacked side by side are what one unpacker makes of any bytes, errors too") {
  const temporary_folder folder;
  std::size_t unpacked = 0;
  std::size_t with_error = 0;
  for (const auto seed : test_seeds(400)) {
    CAPTURE(seed);
    random_source random(seed);
    const auto data = random_gzip(random, 20'000);
    if (!codecs::is_gzip(data)) continue;  // damaged where it would tell what it is
    const auto path = folder.write("a.gz", data);
    const auto whole = serially(path);
    const unsigned readers = 2 + random.below(7);
    readers_by_chance by(path, readers, random_sizes(random), random.next());
    const auto got = by.run();
    CHECK(got.ended_by == whole.ended_by);
    // A megabyte that differs is of no use in a report.
    CHECK((got.text == whole.text));
    unpacked += by.unpacked();
    with_error += whole.ended_by.empty() ? 0 : 1;
  }
  CHECK(unpacked > 1000);
  CHECK(with_error > 20);
}

TEST_CASE("small members are unpacked apart, a long one and a file of one are not") {
  const temporary_folder folder;
  random_source random(1);
  std::string text;
  while (text.size() < 3'000'000) text += std::to_string(random.next()) + "\n";
  const auto long_member = packed_by<codecs::gzip_packer>(text);
  REQUIRE(long_member.size() > gzip_slice_sizes{}.packed_max);
  const auto small_member = packed_by<codecs::gzip_packer>(text.substr(0, 100'000));
  REQUIRE(small_member.size() < gzip_slice_sizes{}.packed_least);
  const auto sliced = [&](const std::string& data) {
    readers_by_chance by(folder.write("a.gz", data), 2, {}, 1);
    CHECK(by.run().ended_by.empty());
    return by.unpacked();
  };
  CHECK(sliced(long_member) == 0);
  CHECK(sliced(small_member) == 0);
  std::string many;
  for (int i = 0; i < 40; ++i) many += small_member;
  CHECK(sliced(many) > 10);
  CHECK(sliced(long_member + many) > 10);
}

TEST_CASE("text that waits for a slice before it is bounded, and none of it is lost") {
  const temporary_folder folder;
  random_source random(1);
  std::string data;
  std::string text;
  for (int i = 0; i < 200; ++i) {
    std::string line = std::to_string(random.next()) + "\n";
    for (int doubled = 0; doubled < 6; ++doubled) line += line;
    text += line;
    data += packed_by<codecs::gzip_packer>(line);
  }
  constexpr unsigned readers = 3;
  const gzip_slice_sizes sizes{
      .packed_least = 1, .packed_max = 500, .text_max = 4'000, .piece = 500};
  auto file = input_file::open(folder.write("a.gz", data));
  REQUIRE(file);
  gzip_slices slices({}, readers, sizes);
  std::string room(100'000, '\0');
  std::string got;
  const auto read = [&] {
    const auto count = slices.read(*file, room);
    REQUIRE(count);
    got.append(room, 0, count->value_or(0));
    return count->value_or(1) > 0;
  };
  const auto unpack = [&](gzip_slice& slice) {
    slice.unpack([] { return false; });
    gzip_slices::give(slice);
  };
  REQUIRE(read());
  CHECK(got.empty());
  const auto first = slices.take(*file);
  REQUIRE(first);
  std::size_t ahead = 0;
  while (const auto next = slices.take(*file)) {
    unpack(*next);
    ++ahead;
  }
  // A member's text takes three pieces; two of the slices that there is room for are kept free, for
  // the one in front and for the one that would be next.
  CHECK(ahead > readers);
  CHECK(ahead * 3 * sizes.piece < (readers + 2) * sizes.text_max);
  CHECK(read());
  CHECK(got.empty());
  unpack(*first);
  while (read())
    while (const auto next = slices.take(*file)) unpack(*next);
  CHECK((got == text));
}

}  // namespace weir::testing
