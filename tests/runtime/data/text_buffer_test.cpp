#include "runtime/data/text_buffer.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <cstring>
#include <string>

namespace weir::testing {
namespace {

std::uint64_t place_in_memory(const text_buffer& text) {
  return reinterpret_cast<std::uintptr_t>(text.view().data()) % 64;
}

}  // namespace

TEST_CASE("a text is what was put and appended, however its room grew") {
  CHECK(rc::check([] {
    text_buffer text;
    std::string expected;
    const auto times = *rc::gen::inRange(0, 60);
    for (int i = 0; i < times; ++i) {
      const auto size = *rc::gen::inRange<std::size_t>(0, 2 * text_buffer::piece_max);
      const std::string piece(size, static_cast<char>('a' + i % 26));
      switch (*rc::gen::inRange(0, 5)) {
        case 0:
          text += piece;
          expected += piece;
          break;
        case 1:
          text += 'x';
          expected += 'x';
          break;
        case 2: {
          char* at = text.end();
          for (int n = 0; n < 4; ++n) {
            at = text.with_room(at);
            const auto put = std::min(piece.size(), text_buffer::piece_max);
            std::memset(at, piece.empty() ? 0 : piece.front(), put);
            at += put;
            expected += piece.substr(0, put);
          }
          text.end_at(at);
          break;
        }
        case 3: {
          char* at = text.end();
          *at++ = '<';
          at = text.append_at(at, [&](std::string& out) { out += piece; });
          *at++ = '>';
          text.end_at(at);
          expected += '<' + piece + '>';
          break;
        }
        default:
          if (i % 7 != 0) break;
          text.clear();
          expected.clear();
      }
      RC_ASSERT(text.view() == expected);
      RC_ASSERT(text.size() == expected.size());
      RC_ASSERT(text.capacity() >= expected.size());
    }
  }));
}

TEST_CASE("a text lies in memory as it will in its file, also once it has grown") {
  text_buffer text;
  CHECK(text.empty());
  // The first has no room yet.
  for (const std::uint64_t place : {5U, 0U, 63U, 64U, 1'000'003U}) {
    text.clear(place);
    text += "some";
    CHECK(place_in_memory(text) == place % 64);
  }
  const auto before = text.capacity();
  text += std::string(100'000, 'x');
  CHECK(text.capacity() > before);
  CHECK(place_in_memory(text) == 1'000'003 % 64);
  CHECK(text.view() == "some" + std::string(100'000, 'x'));
}

}  // namespace weir::testing
