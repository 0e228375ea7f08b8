#include "actors/codecs/gzip.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/actors/codecs/packing.hpp"

using namespace weir;
using namespace weir::codecs;
using namespace weir::testing;

namespace {

std::string packed(std::string_view text) { return packed_by<gzip_packer>(text); }

// All of `from`, given in pieces of `piece` bytes, taken in pieces of `room` bytes.
result<std::string> unpacked(std::string_view from, std::size_t piece = 1000,
                             std::size_t room = 1000) {
  return unpacked_by<gzip_unpacker>(
      from, [piece] { return piece; }, room);
}

std::string some_text(int lines = 20'000) {
  std::string text;
  for (int i = 0; i < lines; ++i) text += "line " + std::to_string(i * 7919 % 10007) + "\n";
  return text;
}

// The member with a name in its header, as `gzip FILE` makes it.
std::string named(std::string member, const std::string& name) {
  constexpr std::size_t flags_at = 3;
  constexpr std::size_t header_bytes = 10;
  member[flags_at] = 0x08;
  return member.insert(header_bytes, name + '\0');
}

}  // namespace

TEST_CASE("gzip is told by its first bytes") {
  const auto is_gzip = gzip_kind.is_kind;
  const auto may_become_gzip = gzip_kind.may_become;
  CHECK(is_gzip(packed("x")));
  CHECK(is_gzip("\x1f\x8b"));
  CHECK(!is_gzip("\x1f"));
  CHECK(!is_gzip("{\"a\":1}"));
  CHECK(!is_gzip(""));
  CHECK(may_become_gzip(""));
  CHECK(may_become_gzip("\x1f"));
  CHECK(!may_become_gzip("\x1e"));
  CHECK(!may_become_gzip("\x1f\n"));
}

TEST_CASE("a place where a member may begin is told by magic number, method and flags") {
  const auto find = gzip_kind.find_part;
  const std::string member = packed("text");
  const std::string data = "12" + member + member;
  CHECK(find(data, 0) == 2);
  CHECK(find(data, 2) == 2);
  CHECK(find(data, 3) == 2 + member.size());
  CHECK(find(data, 3 + member.size()) == std::string::npos);
  CHECK(find(data, data.size() + 10) == std::string::npos);
  CHECK(find(std::string("\x1f\x8b\x08\x1f", 4), 0) == 0);
  CHECK(find(std::string("\x1f\x8b\x08\x20", 4), 0) == std::string::npos);
  CHECK(find(std::string("\x1f\x8b\x07\x00", 4), 0) == std::string::npos);
  CHECK(find(std::string("\x1f\x8b\x08", 3), 0) == std::string::npos);
}

TEST_CASE("what was packed unpacks again, in whatever pieces") {
  const auto text = some_text();
  const auto data = packed(text);
  CHECK(data.size() < text.size() / 2);
  CHECK(unpacked(data) == text);
  CHECK(unpacked(data, 1, 100'000) == text);
  CHECK(unpacked(data, 100'000, 1) == text);
  CHECK(unpacked(packed("")) == "");
}

TEST_CASE("members that follow each other are one text, and zeros behind them are skipped") {
  const auto data = packed("one\n") + packed("") + packed("two\n");
  CHECK(unpacked(data) == "one\ntwo\n");
  CHECK(unpacked(data + std::string(1000, '\0')) == "one\ntwo\n");
  CHECK(unpacked(data + std::string(3, '\0') + packed("three"), 1, 1) == "one\ntwo\nthree");
}

TEST_CASE("members in random pieces are one text, whatever their headers hold") {
  const auto text = some_text();
  CHECK(rc::check([&] {
    std::string data, whole;
    const auto parts = *rc::gen::inRange(0, 5);
    for (int i = 0; i < parts; ++i) {
      const auto part = text.substr(0, *rc::gen::inRange<std::size_t>(0, text.size()));
      whole += part;
      const bool has_name = *rc::gen::arbitrary<bool>();
      data += has_name ? named(packed(part), "a.ndjson") : packed(part);
      if (*rc::gen::arbitrary<bool>()) data.append(*rc::gen::inRange<std::size_t>(0, 600), '\0');
    }
    const auto room = *rc::gen::inRange<std::size_t>(1, 300'000);
    const auto largest = *rc::gen::elementOf(std::vector<std::size_t>{8, 1'000, 100'000});
    const auto got = unpacked_by<gzip_unpacker>(
        data, [&] { return *rc::gen::inRange<std::size_t>(1, largest); }, room);
    RC_ASSERT(got);
    RC_ASSERT(*got == whole);
  }));
}

TEST_CASE("a gzip input that ends too early is told with its length, at every byte") {
  const auto text = some_text(300);
  const auto first = named(packed(text), "a.ndjson");
  const auto data = first + packed(text);
  for (std::size_t length = 1; length < data.size(); ++length) {
    if (length == first.size()) continue;
    CAPTURE(length);
    const auto got = unpacked(data.substr(0, length), 100);
    REQUIRE(!got);
    CHECK(got.error().code == "gzip-truncated");
    CHECK(got.error().text ==
          "the gzip data ends at byte " + std::to_string(length) + ", within a member");
  }
  CHECK(unpacked(data.substr(0, first.size())) == text);
}

TEST_CASE("damaged gzip is told with its place") {
  auto data = packed(some_text());
  data[data.size() - 6] = static_cast<char>(data[data.size() - 6] ^ 1);  // of the checksum
  const auto wrong_sum = unpacked(data);
  REQUIRE(!wrong_sum);
  CHECK(wrong_sum.error().code == "gzip-corrupt");
  CHECK(wrong_sum.error().detail == "incorrect data check");
  const auto garbage = unpacked(packed("fine") + "garbage");
  REQUIRE(!garbage);
  CHECK(garbage.error().code == "gzip-corrupt");
  CHECK(garbage.error().text.starts_with("the gzip data is damaged at byte "));
}

TEST_CASE("a flush lets a reader have everything so far") {
  gzip_packer packer;
  std::string data;
  packer.pack("first\n", data);
  packer.flush(data);
  gzip_unpacker unpacker;
  std::string space(100, '\0');
  std::string_view now = data;
  const auto got = unpacker.unpack(now, space);
  REQUIRE(got);
  CHECK(space.substr(0, *got) == "first\n");
}

TEST_CASE("damaged gzip never does worse than an error") {
  const auto text = some_text().substr(0, 5000);
  const auto data = packed(text);
  CHECK(rc::check([&] {
    std::string damaged = data;
    damaged[*rc::gen::inRange<std::size_t>(0, data.size())] = *rc::gen::arbitrary<char>();
    damaged.resize(*rc::gen::inRange<std::size_t>(0, data.size() + 1));
    const auto got = unpacked(damaged, *rc::gen::inRange<std::size_t>(1, 600));
    // What a change leaves as it was (the time, the name of a system) is no damage.
    if (got && !damaged.empty()) RC_ASSERT(*got == text);
  }));
}

TEST_CASE("damaged gzip gives the text before the damage, then the error, in whatever pieces") {
  const auto text = some_text(2'000);
  const auto member = packed(text.substr(0, 9'000)) + packed(text);
  const auto given = [](std::string_view data, auto piece, std::size_t room) {
    gzip_unpacker unpacker;
    return unpacked_to_end(unpacker, data, piece, room);
  };
  CHECK(rc::check([&] {
    std::string damaged = member;
    const auto at = *rc::gen::inRange<std::size_t>(0, member.size());
    damaged[at] = static_cast<char>(damaged[at] ^ *rc::gen::inRange(1, 256));
    const auto whole = given(
        damaged, [&] { return damaged.size(); }, 1'000'000);
    const auto largest = *rc::gen::elementOf(std::vector<std::size_t>{2, 100, 5'000});
    const auto room = *rc::gen::inRange<std::size_t>(1, 3'000);
    RC_ASSERT(given(
                  damaged, [&] { return *rc::gen::inRange<std::size_t>(1, largest); }, room) ==
              whole);
  }));
}

TEST_CASE("damaged gzip is no other text, whichever byte is damaged") {
  const auto text = some_text(300);
  const auto data = packed(text);
  for (std::size_t at = 0; at < data.size(); ++at)
    for (const int flipped : {0x01, 0x10, 0x80, 0xff}) {
      std::string damaged = data;
      damaged[at] = static_cast<char>(damaged[at] ^ flipped);
      const auto got = unpacked(damaged, 100);
      CAPTURE(at);
      if (got) CHECK(*got == text);
      if (!got) CHECK(got.error().text.starts_with("the gzip data "));
    }
}
