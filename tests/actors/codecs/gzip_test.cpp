#include "actors/codecs/gzip.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>

using namespace weir;
using namespace weir::codecs;

namespace {

std::string packed(std::string_view text) {
  gzip_packer packer;
  std::string out;
  packer.pack(text, out);
  packer.finish(out);
  return out;
}

// All of `from`, given in pieces of `piece` bytes, taken in pieces of `room` bytes.
result<std::string> unpacked(std::string_view from, std::size_t piece = 1000,
                             std::size_t room = 1000) {
  gzip_unpacker unpacker;
  std::string out;
  std::string space(room, '\0');
  while (!from.empty()) {
    std::string_view now = from.substr(0, piece);
    from.remove_prefix(now.size());
    for (;;) {
      const auto got = unpacker.unpack(now, space);
      if (!got) return failure(got.error());
      out.append(space, 0, *got);
      if (*got < room) break;
    }
    REQUIRE(now.empty());
  }
  if (auto end = unpacker.finish(); !end) return failure(end.error());
  return out;
}

std::string some_text() {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "line " + std::to_string(i * 7919 % 10007) + "\n";
  return text;
}

}  // namespace

TEST_CASE("gzip is told by its first bytes") {
  CHECK(is_gzip(packed("x")));
  CHECK(is_gzip("\x1f\x8b"));
  CHECK(!is_gzip("\x1f"));
  CHECK(!is_gzip("{\"a\":1}"));
  CHECK(!is_gzip(""));
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

TEST_CASE("a gzip input that ends too early is told with its length") {
  const auto data = packed(some_text());
  for (const std::size_t length :
       {std::size_t{1}, std::size_t{5}, data.size() / 2, data.size() - 1}) {
    const auto got = unpacked(data.substr(0, length));
    REQUIRE(!got);
    CHECK(got.error().code == "gzip-truncated");
    CHECK(got.error().text ==
          "the gzip data ends at byte " + std::to_string(length) + ", within a member");
  }
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
