#include "actors/codecs/zstd.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "tests/actors/codecs/packing.hpp"

using namespace weir;
using namespace weir::codecs;
using namespace weir::testing;

namespace {

std::string packed(std::string_view text) { return packed_by<zstd_packer>(text); }

result<std::string> unpacked(std::string_view from, std::size_t piece = 1000,
                             std::size_t room = 1000) {
  return unpacked_by<zstd_unpacker>(
      from, [piece] { return piece; }, room);
}

std::string some_text(int lines = 20'000) {
  std::string text;
  for (int i = 0; i < lines; ++i) text += "line " + std::to_string(i * 7919 % 10007) + "\n";
  return text;
}

const std::string skippable{"\x51\x2a\x4d\x18\x03\0\0\0abc", 11};

}  // namespace

TEST_CASE("zstd is told by its first bytes") {
  const auto is_zstd = zstd_kind.is_kind;
  const auto may_become_zstd = zstd_kind.may_become;
  CHECK(is_zstd(packed("x")));
  CHECK(is_zstd(skippable));
  CHECK(!is_zstd("\x28\xb5\x2f"));
  CHECK(!is_zstd("\x51\x2a\x4d\x19"));
  CHECK(!is_zstd("\x61\x2a\x4d\x18"));
  CHECK(!is_zstd("{\"a\":1}"));
  CHECK(!is_zstd(""));
  for (const std::string_view head : {"", "\x28", "\x28\xb5\x2f", "\x5f", "P*M"})
    CHECK(may_become_zstd(head));
  for (const std::string_view head : {"{", "(\n", "P\n", "\x28\xb5\x2f\xfc"})
    CHECK(!may_become_zstd(head));
}

TEST_CASE("a place where a frame may begin is told by one of its magic numbers") {
  const auto find = zstd_kind.find_part;
  const std::string frame = packed("text");
  for (const std::string& first : {frame, skippable}) {
    const std::string data = "\x2a\x4d\x18" + first + frame;
    CHECK(find(data, 0) == 3);
    CHECK(find(data, 3) == 3);
    CHECK(find(data, 4) == 3 + first.size());
    CHECK(find(data, 4 + first.size()) == std::string::npos);
    CHECK(find(data, data.size() + 10) == std::string::npos);
  }
  CHECK(find(frame + skippable, 1) == frame.size());
  CHECK(find("\x4f\x2a\x4d\x18\x5f\x2a\x4d\x18", 0) == 4);
  CHECK(find("\x60\x2a\x4d\x18", 0) == std::string::npos);
  CHECK(find("\x28\xb5\x2f\xfc", 0) == std::string::npos);
  for (const std::size_t length : {0U, 1U, 3U}) {
    CHECK(find(frame.substr(0, length), 0) == std::string::npos);
    CHECK(find(skippable.substr(0, length), 0) == std::string::npos);
  }
}

TEST_CASE("what zstd has packed unpacks again, in whatever pieces") {
  const auto text = some_text();
  const auto data = packed(text);
  CHECK(data.size() < text.size() / 2);
  CHECK(unpacked(data) == text);
  CHECK(unpacked(data, 1, 100'000) == text);
  CHECK(unpacked(data, 100'000, 1) == text);
  CHECK(unpacked(packed("")) == "");
  const std::string zeros(3'000'000, '\0');
  CHECK(unpacked(packed(zeros), 1, 100'000) == zeros);
}

TEST_CASE("zstd frames in random pieces are one text, whatever stands between them") {
  const auto text = some_text();
  CHECK(rc::check([&] {
    std::string data, whole;
    const auto parts = *rc::gen::inRange(0, 5);
    for (int i = 0; i < parts; ++i) {
      const auto part = text.substr(0, *rc::gen::inRange<std::size_t>(0, text.size()));
      whole += part;
      if (*rc::gen::arbitrary<bool>()) data += skippable;
      data += packed(part);
    }
    const auto room = *rc::gen::inRange<std::size_t>(1, 300'000);
    const auto largest = *rc::gen::elementOf(std::vector<std::size_t>{8, 1'000, 100'000});
    const auto got = unpacked_by<zstd_unpacker>(
        data, [&] { return *rc::gen::inRange<std::size_t>(1, largest); }, room);
    RC_ASSERT(got);
    RC_ASSERT(*got == whole);
  }));
}

TEST_CASE("a zstd input that ends too early is told with its length, at every byte") {
  const auto text = some_text(300);
  const auto data = skippable + packed(text) + packed(text);
  const auto second = data.size() - packed(text).size();
  for (std::size_t length = 1; length < data.size(); ++length) {
    if (length == skippable.size() || length == second) continue;
    CAPTURE(length);
    const auto got = unpacked(data.substr(0, length), 100);
    REQUIRE(!got);
    CHECK(got.error().code == "zstd-truncated");
    CHECK(got.error().text ==
          "the zstd data ends at byte " + std::to_string(length) + ", within a frame");
  }
  CHECK(unpacked(data.substr(0, second)) == text);
}

TEST_CASE("damaged zstd is told with the place of its block") {
  // Random letters: several blocks of 128 KiB, none of them short.
  std::string text;
  std::uint32_t state = 1;
  while (text.size() < 500'000) {
    state = state * 1'664'525 + 1'013'904'223;
    text += static_cast<char>('a' + (state >> 28));
  }
  auto data = packed(text);
  const auto sound = data;
  data[data.size() - 1] = static_cast<char>(data[data.size() - 1] ^ 1);  // of the checksum
  const auto wrong_sum = unpacked(data);
  REQUIRE(!wrong_sum);
  CHECK(wrong_sum.error().code == "zstd-corrupt");
  CHECK(wrong_sum.error().text ==
        "the zstd data is damaged at byte " + std::to_string(data.size() - 4));
  CHECK(wrong_sum.error().detail == "Restored data doesn't match checksum");
  const auto garbage = unpacked(packed("fine") + "garbage");
  REQUIRE(!garbage);
  CHECK(garbage.error().text ==
        "the zstd data is damaged at byte " + std::to_string(packed("fine").size()));
  data = sound;
  const auto cut = sound.size() * 3 / 4;
  data.replace(cut, 40'000, 40'000, '\xff');
  const auto spoilt = unpacked(data, data.size(), 100'000);
  REQUIRE(!spoilt);
  const auto place = std::stoul(spoilt.error().text.substr(spoilt.error().text.rfind(' ')));
  CHECK(place > cut - 131'072);
  CHECK(place <= cut + 40'000);
}

TEST_CASE("where zstd is damaged does not depend on the pieces it comes in") {
  auto data = packed(some_text());
  data.replace(data.size() / 2, 1000, 1000, '\xff');
  const auto whole = unpacked(data, data.size());
  REQUIRE(!whole);
  for (const std::size_t piece : {1U, 7U, 1000U, 4096U}) {
    const auto got = unpacked(data, piece);
    REQUIRE(!got);
    CHECK(got.error() == whole.error());
  }
}

TEST_CASE("a frame of an early version of zstd is damage, in whatever pieces it comes") {
  const std::string early("\x26\xb5\x2f\xfd\x04\xfd\xac\x4f", 8);
  for (const std::string& before : {std::string(), packed("fine"), skippable})
    for (const std::size_t piece : {1U, 3U, 1000U}) {
      const auto got = unpacked(before + early, piece);
      REQUIRE(!got);
      CHECK(got.error().code == "zstd-corrupt");
      CHECK(got.error().text ==
            "the zstd data is damaged at byte " + std::to_string(before.size()));
    }
}

TEST_CASE("zstd that wants more memory than there is to be is refused") {
  // A frame header with a window of 2^41 bytes and no content size.
  const std::string huge("\x28\xb5\x2f\xfd\x00\xf8\x01\x00\x00", 9);
  const auto got = unpacked(huge);
  REQUIRE(!got);
  CHECK(got.error().code == "zstd-unsupported");
  CHECK(got.error().text == "the zstd data wants a window above 128 MiB at byte 0");
}

TEST_CASE("zstd that wants a dictionary is refused") {
  // A frame header with dictionary 7, of one segment of one byte.
  const std::string with_dictionary("\x28\xb5\x2f\xfd\x21\x07\x01\x09\x00\x00x", 11);
  const auto got = unpacked(with_dictionary);
  REQUIRE(!got);
  CHECK(got.error().code == "zstd-unsupported");
  CHECK(got.error().text.starts_with("the zstd data wants a dictionary at byte "));
}

TEST_CASE("a flush of zstd lets a reader have everything so far, and asking again is no harm") {
  zstd_packer packer;
  std::string data;
  packer.pack("first\n", data);
  packer.flush(data);
  zstd_unpacker unpacker;
  std::string space(100, '\0');
  std::string_view now = data;
  const auto got = unpacker.unpack(now, space);
  REQUIRE(got);
  CHECK(space.substr(0, *got) == "first\n");
  for (int i = 0; i < 100; ++i) CHECK(unpacker.unpack(now, space) == 0);
  data.clear();
  packer.finish(data);
  now = data;
  CHECK(unpacker.unpack(now, space) == 0);
  CHECK(unpacker.finish());
}

TEST_CASE("damaged zstd never does worse than an error, whichever byte is damaged") {
  const auto text = some_text(300);
  const auto data = packed(text);
  for (std::size_t at = 0; at < data.size(); ++at)
    for (const int flipped : {0x01, 0x10, 0x80, 0xff}) {
      std::string damaged = data;
      damaged[at] = static_cast<char>(damaged[at] ^ flipped);
      const auto got = unpacked(damaged, 100);
      CAPTURE(at);
      // A window that is larger than needed and bits without a meaning are no damage.
      if (got) CHECK((got->empty() || *got == text));
      if (!got) CHECK(got.error().text.starts_with("the zstd data "));
    }
}
