#include "runtime/base/base64.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace weir;

TEST_CASE("bytes are written in base64 with padding and read again") {
  struct row {
    const char *bytes, *text;
  };
  const row rows[] = {{"", ""},
                      {"f", "Zg=="},
                      {"fo", "Zm8="},
                      {"foo", "Zm9v"},
                      {"foob", "Zm9vYg=="},
                      {"fooba", "Zm9vYmE="},
                      {"\xFF\xFE", "//4="}};
  for (const auto& row : rows) {
    std::string text;
    append_base64(text, row.bytes);
    CHECK(text == row.text);
    CHECK(parse_base64(row.text) == row.bytes);
  }
}

TEST_CASE("what is not base64 is refused") {
  for (const char* text :
       {"Z", "Zg", "Zg=", "Zg===", "Z===", "Zh==", "Zm9=", "Zm 9", "Zm-v", "=Zm9"}) {
    CAPTURE(text);
    CHECK(!parse_base64(text));
  }
}

TEST_CASE("all bytes survive base64") {
  CHECK(rc::check([](const std::string& bytes) {
    std::string text;
    append_base64(text, bytes);
    RC_ASSERT(parse_base64(text) == bytes);
  }));
}
