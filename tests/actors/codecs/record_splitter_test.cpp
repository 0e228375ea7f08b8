#include "actors/codecs/record_splitter.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

using namespace weir::codecs;

namespace {

using ends = std::vector<std::size_t>;

ends all_ends(record_splitter& splitter, std::string_view text) {
  ends out;
  std::size_t at = 0;
  while (const auto end = splitter.first_end(text.substr(at))) out.push_back(at += *end);
  return out;
}

ends csv_ends(std::string_view text, char delimiter = ',') {
  csv_splitter splitter(delimiter);
  return all_ends(splitter, text);
}

}  // namespace

TEST_CASE("lines end with their line end") {
  line_splitter splitter;
  CHECK(all_ends(splitter, "a\n\nb\"\n\"c") == ends{2, 3, 6});
  CHECK(splitter.last_end("a\nb\nc") == 4);
  CHECK(splitter.last_end("abc") == std::nullopt);
  CHECK(splitter.last_end("") == std::nullopt);
}

TEST_CASE("csv records end with their line, but not within quotes") {
  CHECK(csv_ends("a,b\nc,d\n") == ends{4, 8});
  CHECK(csv_ends("\"a\nb\",c\nd") == ends{8});
  CHECK(csv_ends("a,\"x\"\"\ny\"\r\nb\n") == ends{11, 13});
  CHECK(csv_ends("5\"x\n6\"\n") == ends{4, 7});
  CHECK(csv_ends("a;\"b\nc\"\n", ';') == ends{8});
  CHECK(csv_ends("a;\"b\nc\"\n", ',') == ends{5, 8});
  CHECK(csv_ends("\"never\nends") == ends{});
}

TEST_CASE("the last end is the last of all ends, in whatever pieces the text comes") {
  CHECK(rc::check([] {
    // Fields as they are written, and now and then a quote where none should be.
    std::string text;
    const auto odd = *rc::gen::arbitrary<bool>();
    for (auto parts = *rc::gen::inRange(0, 60); parts > 0; --parts)
      text += odd ? *rc::gen::element<std::string>("a", ",", "\"", "\n", "\r", "\"")
                  : *rc::gen::element<std::string>(",", "\n", ",plain", ",\"x\ny\"", "\n\"\"\"\",",
                                                   "\r\n\"a,\"\"b\"\"\"\r\n", ",,5,", ",x\n");
    const ends all = csv_ends(text);
    csv_splitter splitter(',');
    std::size_t at = 0;
    std::size_t last = 0;
    while (at < text.size()) {
      const auto count = *rc::gen::inRange<std::size_t>(1, text.size() - at + 1);
      if (const auto end = splitter.last_end(std::string_view(text).substr(at, count)))
        last = at + *end;
      at += count;
      std::size_t expected = 0;
      for (const auto end : all)
        if (end <= at) expected = end;
      RC_ASSERT(last == expected);
    }
  }));
}
