#include "actors/codecs/block_cutter.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>

using namespace weir;
using namespace weir::codecs;

namespace {

block_cutter cutter_of(byte_size block, byte_size record_max = 1_MiB) {
  return {std::make_unique<line_splitter>(),
          {.block = block, .record_max = record_max},
          std::make_shared<const input_name>(input_name{"in"})};
}

void fill(block_cutter& cutter, std::string_view text) {
  const auto room = cutter.room();
  REQUIRE(room.size() >= text.size());
  std::copy(text.begin(), text.end(), room.begin());
  cutter.filled(text.size());
}

}  // namespace

TEST_CASE("whole records are given as soon as they are there") {
  auto cutter = cutter_of(1_KiB);
  fill(cutter, "one\ntw");
  const auto first = cutter.take();
  REQUIRE(first);
  CHECK(first->text() == "one\n");
  CHECK(first->offset == 0);
  CHECK(first->line == 1);
  CHECK(!cutter.take());
  fill(cutter, "o\nthree\nfour");
  const auto second = cutter.take();
  REQUIRE(second);
  CHECK(second->text() == "two\nthree\n");
  CHECK(second->offset == 4);
  CHECK(second->line == 2);
  CHECK(second->input->text == "in");
  cutter.finish();
  const auto last = cutter.take();
  REQUIRE(last);
  CHECK(last->text() == "four");
  CHECK(last->offset == 14);
  CHECK(last->line == 4);
  CHECK(!cutter.take());
}

TEST_CASE("few bytes do not keep a whole block alive, many are not copied") {
  auto cutter = cutter_of(1_KiB);
  fill(cutter, "few\n");
  CHECK(cutter.take()->data->capacity() == 4);
  const auto room = cutter.room();
  std::fill(room.begin(), room.end(), 'x');
  room[999] = '\n';
  cutter.filled(1010);
  const auto block = cutter.take();
  CHECK(block->data->data() == room.data());
  CHECK(block->text().size() == 1000);
  cutter.finish();
  CHECK(cutter.take()->text() == "xxxxxxxxxx");
}

TEST_CASE("there is no room only while whole records wait") {
  auto cutter = cutter_of(8_B);
  fill(cutter, "ab\ncdefg");
  CHECK(cutter.room().empty());
  CHECK(cutter.take()->text() == "ab\n");
  CHECK(cutter.room().size() == 3);
}

TEST_CASE("a record longer than a block makes the block larger, up to record_max") {
  auto cutter = cutter_of(4_B, 20_B);
  std::size_t most = 0;
  for (int i = 0; i < 20; ++i) {
    most = std::max(most, cutter.room().size());
    fill(cutter, "x");
  }
  fill(cutter, "\n");
  CHECK(most <= 20);
  CHECK(cutter.take()->text() == std::string(20, 'x') + "\n");
  CHECK(cutter.take_too_long().empty());
}

TEST_CASE("a too long record is skipped without being kept") {
  auto cutter = cutter_of(16_B, 20_B);
  fill(cutter, "ok\n");
  for (int i = 0; i < 100'000; ++i) {
    while (cutter.take()) {
    }
    fill(cutter, "x");
    REQUIRE(cutter.room().size() <= 22);
  }
  fill(cutter, "\nnext\n");
  const auto bad = cutter.take_too_long();
  REQUIRE(bad.size() == 1);
  CHECK(bad[0].offset == 3);
  CHECK(bad[0].line == 2);
  CHECK(bad[0].code == "record-too-long");
  CHECK(bad[0].reason == "a record of 100000 bytes; max_record allows 20B");
  CHECK(bad[0].bytes == std::string(too_long_kept_bytes, 'x'));
  const auto block = cutter.take();
  REQUIRE(block);
  CHECK(block->text() == "next\n");
  CHECK(block->offset == 100'004);
  CHECK(block->line == 3);
}

TEST_CASE("a byte order mark is no part of the first record, however it is cut") {
  const std::string mark = "\xEF\xBB\xBF";
  for (const std::size_t piece : {1U, 2U, 3U, 100U}) {
    CAPTURE(piece);
    const auto cut = [&](std::string text) {
      auto cutter = cutter_of(100_B, 4_B);
      for (; !text.empty(); text.erase(0, piece)) fill(cutter, text.substr(0, piece));
      cutter.finish();
      return cutter;
    };
    auto fits = cut(mark + "four\r\n");
    CHECK(fits.take_too_long().empty());
    CHECK(fits.take().value().text() == mark + "four\r\n");
    auto longer = cut(mark + "much longer\nb\n");
    const auto bad = longer.take_too_long();
    // A record that ends in the block it begins in is left to the reader.
    if (!bad.empty()) {
      CHECK(bad.at(0).offset == 3);
      CHECK(bad.at(0).bytes == "much longer");
      CHECK(bad.at(0).reason == "a record of 11 bytes; max_record allows 4B");
    }
    CHECK(bad.empty() == (piece == 100));
    auto alone = cut(mark.substr(0, 2));
    CHECK(alone.take().value().text() == mark.substr(0, 2));
  }
}

TEST_CASE("parts that were read apart are cut as if they had come one after the other") {
  CHECK(rc::check("whatever lies across their borders", [] {
    const std::string text =
        *rc::gen::container<std::string>(rc::gen::element('a', 'b', '\n', '\r', '\xEF', '\xBB'));
    const byte_size block{*rc::gen::inRange<std::uint64_t>(16, 64)};
    const byte_size record_max{*rc::gen::inRange<std::uint64_t>(1, 100)};
    std::string got;
    std::vector<bad_record> bad;
    auto cutter = cutter_of(block, record_max);
    const auto take = [&] {
      for (auto& b : cutter.take_too_long()) bad.push_back(std::move(b));
      while (const auto cut = cutter.take()) {
        // Skipped records leave holes.
        RC_ASSERT(text.substr(cut->offset, cut->text().size()) == cut->text());
        RC_ASSERT(
            cut->line ==
            1U + static_cast<std::size_t>(std::count(
                     text.begin(), text.begin() + static_cast<std::ptrdiff_t>(cut->offset), '\n')));
        got += cut->text();
      }
    };
    for (std::size_t at = 0; at < text.size();) {
      auto part = cutter.make_part();
      const auto count = std::min(part.room.size(), text.size() - at);
      std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at), count, part.room.begin());
      cutter.add(std::move(part), count);
      take();
      at += count;
    }
    cutter.finish();
    take();
    std::size_t skipped = 0;
    for (const auto& b : bad) {
      RC_ASSERT(text.substr(b.offset, b.bytes.size()) == b.bytes);
      skipped += text.find('\n', b.offset) == std::string::npos
                     ? text.size() - b.offset
                     : text.find('\n', b.offset) + 1 - b.offset;
    }
    RC_ASSERT(got.size() + skipped == text.size());
  }));
}

TEST_CASE("an input without any byte gives nothing") {
  auto cutter = cutter_of(16_B);
  cutter.finish();
  CHECK(!cutter.take());
  CHECK(cutter.take_too_long().empty());
}
