#include "actors/codecs/lines_reader.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/actors/codecs/any_cut.hpp"
#include "tests/actors/codecs/reading.hpp"

using namespace weir;
using namespace weir::codecs;
using namespace weir::testing;

namespace {
using texts = std::vector<std::string>;
}

TEST_CASE("each line of a text is a record") {
  const auto got = read_all(lines(), "one\r\n\n{\"two\"}\nthree");
  CHECK(got.records == texts{"{\"line\":\"one\"}", "{\"line\":\"\"}",
                             "{\"line\":\"{\\\"two\\\"}\"}", "{\"line\":\"three\"}"});
  CHECK(got.places == texts{"0:1", "5:2", "6:3", "14:4"});
  CHECK(read_all(lines(), "").records.empty());
  CHECK(read_all(lines(), "\xEF\xBB\xBFone").records == texts{"{\"line\":\"one\"}"});
}

TEST_CASE("a line that is not UTF-8 is a bad record") {
  const auto got = read_all(lines(),
                            "good\nb\xFF"
                            "d\nbetter\n");
  CHECK(got.records == texts{"{\"line\":\"good\"}", "{\"line\":\"better\"}"});
  CHECK(got.bad == texts{"5:2 not-utf8: the line is not UTF-8 <b\xFF"
                         "d>"});
}

TEST_CASE("lines are read without their column where nobody wants it") {
  reader_options options;
  options.columns = std::vector<std::string>{};
  options.keep_raw = true;
  const auto got = read_all(lines(), "one\ntwo\n", options);
  CHECK(got.records == texts{"{}", "{}"});
  CHECK(got.raw == texts{"one", "two"});
}

TEST_CASE("lines cut anywhere give the same records") {
  CHECK(rc::check([] {
    const auto text =
        *rc::gen::container<std::string>(rc::gen::element('a', 'b', '\n', '\r', '\xC3', '\xA9'));
    reader_options options;
    options.record_max.bytes = *rc::gen::element<std::uint64_t>(1, 5, 1000);
    options.keep_raw = *rc::gen::arbitrary<bool>();
    check_any_cut(lines(), text, options);
  }));
}

TEST_CASE("lines are read wherever they end, many at once or one by one") {
  CHECK(rc::check([] {
    const std::size_t record_max = *rc::gen::element<std::size_t>(70, 1'000'000);
    const auto lengths = *rc::gen::container<std::vector<std::size_t>>(
        rc::gen::oneOf(rc::gen::inRange<std::size_t>(0, 30), rc::gen::inRange<std::size_t>(50, 90),
                       rc::gen::just<std::size_t>(9'000)));
    const std::string last = *rc::gen::element("", "without an end");
    std::string text;
    reading expected;
    const auto add = [&](const std::string& line, const char* end) {
      const auto place = std::to_string(text.size()) + ":" +
                         std::to_string(1 + std::count(text.begin(), text.end(), '\n'));
      if (line.size() > record_max) {
        expected.bad.push_back(place + " record-too-long");
      } else {
        expected.records.push_back("{\"line\":\"" + line + "\"}");
        expected.places.push_back(place);
      }
      text += line + end;
    };
    for (int times = 0; times < 3; ++times)
      for (const auto length : lengths)
        add(std::string(length, static_cast<char>('a' + length % 26)),
            length % 5 == 0 ? "\r\n" : "\n");
    if (!last.empty()) add(last, "");

    reader_options options;
    options.record_max.bytes = record_max;
    options.rows_max = *rc::gen::element<std::uint32_t>(7, 65'536);
    options.keep_raw = *rc::gen::arbitrary<bool>();
    const auto check = [&](const reading& found) {
      RC_ASSERT(found.places == expected.places);
      RC_ASSERT(found.bad.size() == expected.bad.size());
      for (std::size_t i = 0; i < found.bad.size(); ++i)
        RC_ASSERT(found.bad[i].starts_with(expected.bad[i] + ":"));
    };
    const auto found = read_all(lines(), text, options);
    check(found);
    RC_ASSERT(found.records == expected.records);
    options.columns = std::vector<std::string>();
    check(read_all(lines(), text, options));
  }));
}
