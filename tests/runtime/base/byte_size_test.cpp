#include "runtime/base/byte_size.hpp"

#include <doctest/doctest.h>

using namespace weir;

TEST_CASE("a size is read from a number and a unit") {
  struct row {
    const char* text;
    std::uint64_t bytes;
  };
  const row rows[] = {
      {"512B", 512},
      {"64KiB", 65'536},
      {"1.5MiB", 1'572'864},
      {"2GiB", 2'147'483'648},
      {"3TiB", 3ULL << 40},
      {"10kB", 10'000},
      {"2MB", 2'000'000},
      {"1GB", 1'000'000'000},
      {"0B", 0},
      {"1TB", 1'000'000'000'000},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto read = parse_byte_size(row.text);
    REQUIRE(read);
    CHECK(read->bytes == row.bytes);
  }
}

TEST_CASE("what is no size is refused with advice") {
  const auto bare = parse_byte_size("64");
  REQUIRE(!bare);
  CHECK(bare.error() ==
        error{"not-a-size", "'64' has no unit; write it as '64B', '64KiB' or '64MiB'", ""});
  const auto large = parse_byte_size("9999999TiB");
  REQUIRE(!large);
  CHECK(large.error().text == "'9999999TiB' is too large");
  CHECK(parse_byte_size("10KB").error().text == "'10KB' is not a size; did you mean '10KiB'?");
  for (const char* text : {"", "KiB", "64 KiB", "64kib", "-1B", "1.2.3B", "64KiBs", "nanB"}) {
    CAPTURE(text);
    const auto read = parse_byte_size(text);
    REQUIRE(!read);
    CHECK(read.error().code == "not-a-size");
  }
}

TEST_CASE("a size is written in binary units with at most one decimal") {
  struct row {
    std::uint64_t bytes;
    const char* text;
  };
  const row rows[] = {
      {0, "0B"},           {512, "512B"},           {1'023, "1023B"},
      {1'024, "1KiB"},     {8 << 20, "8MiB"},       {1'610'612'736, "1.5GiB"},
      {1'048'575, "1MiB"}, {5ULL << 50, "5120TiB"},
  };
  for (const auto& row : rows) CHECK(to_text(byte_size{row.bytes}) == row.text);
}
