#include "actors/support/packed_slices.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "runtime/base/random.hpp"
#include "tests/actors/support/random_packed.hpp"
#include "tests/actors/support/readers_by_chance.hpp"
#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/test_seeds.hpp"

namespace weir::testing {
namespace {

packed_slice_sizes random_sizes(random_source& random) {
  packed_slice_sizes sizes;
  sizes.packed_least = 1 + random_size(random, random.below(2) == 0 ? 20 : 3000);
  sizes.packed_max = sizes.packed_least + random_size(random, 5000);
  sizes.piece = 1 + random_size(random, random.below(4) == 0 ? 100 : 3000);
  sizes.text_max = sizes.piece * (1 + random.below(20));
  return sizes;
}

}  // namespace

TEST_CASE("parts unpacked side by side are what one unpacker makes of any bytes, errors too") {
  const temporary_folder folder;
  for (const auto& of : random_kinds) SUBCASE(of.name) {
      std::size_t unpacked = 0;
      std::size_t with_error = 0;
      for (const auto seed : test_seeds(400)) {
        CAPTURE(seed);
        random_source random(seed);
        const auto data = random_packed(random, of, 20'000);
        if (!of.kind.is_kind(data)) continue;  // damaged where it would tell what it is
        const auto path = folder.write("packed", data);
        const auto whole = unpacked_by_one(path);
        const unsigned readers = 2 + random.below(7);
        readers_by_chance by(of.kind, path, readers, random_sizes(random), random.next());
        const auto got = by.run();
        CHECK(got.ended_by == whole.ended_by);
        // A megabyte that differs is of no use in a report.
        CHECK((got.text == whole.text));
        unpacked += by.unpacked();
        with_error += whole.ended_by.empty() ? 0 : 1;
      }
      CHECK(unpacked > 1000);
      CHECK(with_error > 20);
    }
}

TEST_CASE("small parts are unpacked apart, a long one and a file of one are not") {
  const temporary_folder folder;
  random_source random(1);
  std::string text;
  while (text.size() < 3'000'000) text += std::to_string(random.next()) + "\n";
  struct row {
    const char* name;
    const codecs::packed_kind& kind;
    std::string (*pack)(std::string_view text);
  };
  const row rows[] = {{"gzip", codecs::gzip_kind, packed_by<codecs::gzip_packer>},
                      {"zstd", codecs::zstd_kind, packed_by<codecs::zstd_packer>}};
  for (const auto& of : rows) SUBCASE(of.name) {
      const auto long_part = of.pack(text);
      REQUIRE(long_part.size() > packed_slice_sizes{}.packed_max);
      const auto small_part = of.pack(text.substr(0, 100'000));
      REQUIRE(small_part.size() < packed_slice_sizes{}.packed_least);
      const auto sliced = [&](const std::string& data) {
        readers_by_chance by(of.kind, folder.write("packed", data), 2, {}, 1);
        CHECK(by.run().ended_by.empty());
        return by.unpacked();
      };
      CHECK(sliced(long_part) == 0);
      CHECK(sliced(small_part) == 0);
      std::string many;
      for (int i = 0; i < 40; ++i) many += small_part;
      CHECK(sliced(many) > 10);
      CHECK(sliced(long_part + many) > 10);
    }
}

TEST_CASE("text that waits for a slice before it is bounded, and none of it is lost") {
  const temporary_folder folder;
  random_source random(1);
  std::string data;
  std::string text;
  for (int i = 0; i < 200; ++i) {
    std::string line = std::to_string(random.next()) + "\n";
    for (int doubled = 0; doubled < 6; ++doubled) line += line;
    text += line;
    data += packed_by<codecs::gzip_packer>(line);
  }
  constexpr unsigned readers = 3;
  const packed_slice_sizes sizes{
      .packed_least = 1, .packed_max = 500, .text_max = 4'000, .piece = 500};
  auto file = input_file::open(folder.write("a.gz", data));
  REQUIRE(file);
  packed_slices slices(codecs::gzip_kind, {}, readers, sizes);
  std::string room(100'000, '\0');
  std::string got;
  const auto read = [&] {
    const auto count = slices.read(*file, room);
    REQUIRE(count);
    got.append(room, 0, count->value_or(0));
    return count->value_or(1) > 0;
  };
  const auto unpack = [&](packed_slice& slice) {
    slice.unpack([] { return false; });
    packed_slices::give(slice);
  };
  REQUIRE(read());
  CHECK(got.empty());
  const auto first = slices.take(*file);
  REQUIRE(first);
  std::size_t ahead = 0;
  while (const auto next = slices.take(*file)) {
    unpack(*next);
    ++ahead;
  }
  // A member's text takes three pieces; two of the slices that there is room for are kept free, for
  // the one in front and for the one that would be next.
  CHECK(ahead > readers);
  CHECK(ahead * 3 * sizes.piece < (readers + 2) * sizes.text_max);
  CHECK(read());
  CHECK(got.empty());
  unpack(*first);
  while (read())
    while (const auto next = slices.take(*file)) unpack(*next);
  CHECK((got == text));
}

}  // namespace weir::testing
