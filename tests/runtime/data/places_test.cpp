#include "runtime/data/places.hpp"

#include <doctest/doctest.h>

using namespace weir;

namespace {

places two_files() {
  const auto a = std::make_shared<const input_name>(input_name{"a.ndjson"});
  const auto b = std::make_shared<const input_name>(input_name{"b.ndjson"});
  places all({0, a, 1000, 10}, {{0, 0}, {20, 1}, {45, 3}});
  all.append(places({0, b, 0, 1}, {}));
  all.append(places({0, b, 5'000'000'000, 70}, {{0, 0}, {9, 1}}));
  return all;
}

void check_place(const places& in, std::size_t row, const char* input, std::uint64_t offset,
                 std::uint64_t line) {
  const auto at = in.at(row);
  CHECK(at.input->text == input);
  CHECK(at.offset == offset);
  CHECK(at.line == line);
}

}  // namespace

TEST_CASE("joined places keep their input, offset and line") {
  const auto all = two_files();
  REQUIRE(all.size() == 5);
  check_place(all, 0, "a.ndjson", 1000, 10);
  check_place(all, 1, "a.ndjson", 1020, 11);
  check_place(all, 2, "a.ndjson", 1045, 13);
  check_place(all, 3, "b.ndjson", 5'000'000'000, 70);
  check_place(all, 4, "b.ndjson", 5'000'000'009, 71);
}

TEST_CASE("gathered places are those of their rows") {
  const auto some = two_files().gather({1, 4});
  REQUIRE(some.size() == 2);
  check_place(some, 0, "a.ndjson", 1020, 11);
  check_place(some, 1, "b.ndjson", 5'000'000'009, 71);
  CHECK(two_files().gather({}).size() == 0);
  check_place(two_files().gather({3}), 0, "b.ndjson", 5'000'000'000, 70);
}
