// Frames of zstd one by one: what comes of one depends on nothing but its bytes.

#include <doctest/doctest.h>

#include <string>

#include "actors/codecs/zstd.hpp"
#include "runtime/base/random.hpp"
#include "tests/actors/codecs/packing.hpp"
#include "tests/actors/support/random_packed.hpp"
#include "tests/support/test_seeds.hpp"

namespace weir::testing {
namespace {

using codecs::zstd_unpacker;

std::string at_once(zstd_unpacker& unpacker, std::string_view data) {
  return unpacked_to_end(
      unpacker, data, [&] { return data.size(); }, 100'000);
}

std::string at_once(std::string_view data) {
  zstd_unpacker unpacker;
  return at_once(unpacker, data);
}

std::string damaged_frame(random_source& random) {
  auto frame = random_frame(random, random_text(random, 300'000));
  for (auto harms = random.below(3); harms > 0; --harms) {
    // Half of them in the headers.
    const auto most = random.below(2) == 0 ? std::size_t{12} : frame.size();
    const auto at = random_size(random, std::min(most, frame.size()) - 1);
    frame[at] = static_cast<char>(frame[at] ^ (1 + static_cast<int>(random.below(255))));
  }
  // What may be a window of 16 KiB, less than the blocks have or than they reach back.
  constexpr std::size_t window_at = 5;
  if (random.below(10) == 0) frame[window_at] = 0x20;
  return frame;
}

// A frame of one segment that says it has `size` bytes of text and has `blocks` blocks of 128 KiB
// of the same byte.
std::string frame_of_repeats(std::uint32_t size, int blocks) {
  std::string frame("\x28\xb5\x2f\xfd\xa0", 5);
  for (unsigned byte = 0; byte < 4; ++byte) frame += static_cast<char>(size >> (8 * byte) & 0xff);
  for (int left = blocks - 1; left >= 0; --left)
    frame += std::string{static_cast<char>(left == 0 ? 0x03 : 0x02), 0x00, 0x10, 'x'};
  return frame;
}

}  // namespace

TEST_CASE("damaged zstd gives the text before the damage, then the error, in whatever pieces") {
  std::size_t with_error = 0;
  for (const auto seed : test_seeds(200)) {
    CAPTURE(seed);
    random_source random(seed);
    const auto data = damaged_frame(random) + random_frame(random, "the end");
    const auto whole = at_once(data);
    const std::size_t largest = 1 + random_size(random, random.below(2) == 0 ? 20 : 5'000);
    zstd_unpacker unpacker;
    const auto got = unpacked_to_end(
        unpacker, data, [&] { return 1 + random_size(random, largest); },
        1 + random_size(random, 3'000));
    CHECK((got == whole));
    with_error += whole.find("the zstd data") == std::string::npos ? 0 : 1;
  }
  CHECK(with_error > 40);
}

TEST_CASE("what comes of a zstd frame does not depend on those before it, damaged or not") {
  for (const auto seed : test_seeds(200)) {
    CAPTURE(seed);
    random_source random(seed);
    zstd_unpacker unpacker;
    for (auto before = 1 + random.below(3); before > 0; --before)
      (void)at_once(unpacker, random_frame(random, random_text(random, 300'000)));
    REQUIRE(!unpacker.in_part());
    const auto frame = damaged_frame(random);
    unpacker.go_on_at(0);
    CHECK((at_once(unpacker, frame) == at_once(frame)));
  }
}

TEST_CASE(
    "zstd that wants more room than its frame has is damaged, also behind a frame with more") {
  constexpr std::size_t window_at = 5;
  // Noise that comes again 450,000 bytes behind itself.
  random_source random(1);
  std::string noise;
  while (noise.size() < 450'000) {
    const auto number = random.next();
    noise.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  auto reaches_back = packed_by<codecs::zstd_packer>(noise + noise + noise);
  REQUIRE(reaches_back.size() < 2 * noise.size());
  const auto sound = reaches_back;
  reaches_back[window_at] = 0x38;  // 128 KiB
  for (const auto& frame : {reaches_back, frame_of_repeats(1000, 1)}) {
    const auto alone = at_once(frame);
    CHECK(alone.find("the zstd data is damaged at byte ") != std::string::npos);
    zstd_unpacker unpacker;
    CHECK(at_once(unpacker, sound).size() == 3 * noise.size());
    unpacker.go_on_at(0);
    CHECK((at_once(unpacker, frame) == alone));
  }
}

TEST_CASE("a zstd frame of another size than it says is damaged, and gives no more than that") {
  const std::string sound = frame_of_repeats(3 << 17, 3);
  const std::string text(3 << 17, 'x');
  CHECK((at_once(sound) == text));
  CHECK((at_once(frame_of_repeats((3 << 17) + 1, 3)) ==
         text + "the zstd data is damaged at byte 20Data corruption detected"));
  CHECK((at_once(frame_of_repeats((3 << 17) - 1, 3)) ==
         text.substr(1) + "the zstd data is damaged at byte 20Data corruption detected"));
  CHECK((at_once(frame_of_repeats(1 << 17, 3)) ==
         text.substr(0, 1 << 17) + "the zstd data is damaged at byte 16Data corruption detected"));
}

TEST_CASE("zstd of one segment wants a window as large as its text") {
  CHECK(at_once(frame_of_repeats(128 << 20, 1024)).size() == 128 << 20);
  CHECK(at_once(frame_of_repeats((128 << 20) + 1, 1024))
            .starts_with("the zstd data wants a window above 128 MiB at byte 0"));
}

TEST_CASE("a large zstd frame waits until it is allowed, in whatever pieces it comes") {
  const auto first = packed_by<codecs::zstd_packer>("first\n");
  const auto large = frame_of_repeats((8 << 20) + (1 << 17), 65);
  const auto small = frame_of_repeats(8 << 20, 64);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{4}, large.size()}) {
    zstd_unpacker unpacker;
    unpacker.allow_large_parts(false);
    CHECK(at_once(unpacker, first + small).size() == 6 + (8 << 20));
    CHECK(unpacker.bytes() < 9 << 20);
    std::string_view rest = large;
    std::string space(100'000, '\0');
    for (std::size_t given = 0; given < rest.size() && given < 20; given += piece) {
      std::string_view now = rest.substr(0, piece);
      REQUIRE(unpacker.unpack(now, space) == 0);
      rest.remove_prefix(std::min(piece, rest.size()) - now.size());
    }
    // What has come at once is left, so that another unpacker can go on there.
    CHECK(unpacker.in_part() == (piece < 9));
    CHECK((rest.size() == large.size()) == (piece >= 9));
    CHECK(unpacker.bytes() < 9 << 20);
    unpacker.allow_large_parts(true);
    CHECK(at_once(unpacker, rest).size() == (8 << 20) + (1 << 17));
    CHECK(!unpacker.in_part());
  }
}

TEST_CASE(
    "what ends with the header of a large zstd frame is told alike, allowed at once or late") {
  for (const std::uint32_t size : {16U << 20, 129U << 20}) {
    const auto header = frame_of_repeats(size, 1).substr(0, 9);
    for (const std::size_t piece : {3U, 9U}) {
      zstd_unpacker unpacker;
      unpacker.allow_large_parts(false);
      std::string space(100, '\0');
      std::string_view left = header;
      for (std::size_t given = 0; given < header.size(); given += piece) {
        std::string_view now = left.substr(0, piece);
        REQUIRE(unpacker.unpack(now, space) == 0);
        left.remove_prefix(piece - now.size());
      }
      unpacker.allow_large_parts(true);
      CHECK(at_once(unpacker, left) == at_once(header));
    }
  }
}

}  // namespace weir::testing
