#include "actors/support/unpacked_input.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "actors/codecs/gzip.hpp"
#include "actors/codecs/zstd.hpp"
#include "runtime/base/text.hpp"
#include "tests/actors/codecs/packing.hpp"
#include "tests/actors/support/temporary_folder.hpp"

namespace weir::testing {
namespace {

// Reads to the end, in pieces of up to `room` bytes.
result<std::string> content(const std::string& path, std::size_t room = 1000) {
  auto input = unpacked_input::open(path);
  REQUIRE(input);
  std::string out;
  std::string space(room, '\0');
  for (;;) {
    const auto got = input->read(space);
    if (!got) return failure(got.error());
    REQUIRE(*got);
    if (**got == 0) return out;
    out.append(space, 0, **got);
  }
}

TEST_CASE("an input is unpacked by what it begins with, not by its name") {
  const temporary_folder folder;
  const std::string text = "some text\n";
  const auto name = folder.path("a.csv.gz");
  for (const std::string& bytes :
       {text, packed_by<codecs::gzip_packer>(text), packed_by<codecs::zstd_packer>(text)}) {
    folder.write("a.csv.gz", bytes);
    for (const std::size_t room : {1, 3, 1000}) CHECK(content(name, room) == text);
  }
  for (const std::string plain : {"", "\x1f", "\x28\xb5\x2f", "P*M", "(\n", "{}\n"}) {
    folder.write("a.csv.gz", plain);
    CHECK(content(name) == plain);
  }
}

TEST_CASE("a short line of a pipe is there before more comes") {
  const temporary_folder folder;
  const auto path = folder.path("fifo");
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  auto input = unpacked_input::open(path);
  REQUIRE(input);
  // Opened for both ways, so that it does not wait for the reader.
  const owned_fd writer(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  REQUIRE(writer);
  char room[100];
  REQUIRE(::write(writer.get(), "1\n", 2) == 2);
  const auto first = input->read(room);
  REQUIRE(first);
  CHECK(*first == 2);
  const auto none = input->read(room);
  REQUIRE(none);
  CHECK(!*none);
}

TEST_CASE("a packed input that ends too early is told with its path, wherever it ends") {
  const temporary_folder folder;
  std::string text;
  for (int i = 0; i < 50; ++i) text += "line " + std::to_string(i * 7919 % 10007) + "\n";
  struct row {
    const char* code;
    std::string bytes;
    std::size_t magic_bytes;
  };
  const row rows[] = {{"gzip-truncated", packed_by<codecs::gzip_packer>(text), 2},
                      {"zstd-truncated", packed_by<codecs::zstd_packer>(text), 4}};
  for (const auto& row : rows)
    for (auto length = row.magic_bytes; length < row.bytes.size(); ++length) {
      CAPTURE(row.code);
      CAPTURE(length);
      const auto path = folder.write("a", row.bytes.substr(0, length));
      const auto got = content(path, 64);
      REQUIRE(!got);
      CHECK(got.error().code == row.code);
      CHECK(got.error().text.starts_with(weir::quoted(path) + ": the "));
      CHECK(got.error().text.find("ends at byte " + std::to_string(length)) != std::string::npos);
    }
}

}  // namespace
}  // namespace weir::testing
