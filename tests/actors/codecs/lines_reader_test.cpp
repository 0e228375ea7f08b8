#include "actors/codecs/lines_reader.hpp"

#include <doctest/doctest.h>

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
    options.keep_raw = true;
    check_any_cut(lines(), text, options);
  }));
}
