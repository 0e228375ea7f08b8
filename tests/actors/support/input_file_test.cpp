#include "actors/support/input_file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/actors/support/temporary_folder.hpp"

using namespace weir;
using namespace weir::testing;

namespace {

std::string read_to_end(input_file& file, std::size_t piece) {
  std::string out;
  std::string room(piece, '\0');
  for (;;) {
    const auto got = file.read(room);
    REQUIRE(got);
    if (!*got || **got == 0) return out;
    out.append(room, 0, **got);
  }
}

}  // namespace

TEST_CASE("a regular file is read from its start to its end") {
  const temporary_folder folder;
  const auto path = folder.write("in.txt", "some text");
  auto file = input_file::open(path);
  REQUIRE(file);
  CHECK(file->type() == input_file::kind::regular);
  CHECK(!file->may_block());
  CHECK(file->size() == 9);
  CHECK(read_to_end(*file, 4) == "some text");
  CHECK(file->offset() == 9);
}

TEST_CASE("a file that can't be opened is told by name, with errno's text") {
  const auto missing = input_file::open("/no/such/file");
  REQUIRE(!missing);
  CHECK(missing.error() ==
        error{"open-file", "'/no/such/file': no such file", "No such file or directory"});
  const temporary_folder folder;
  const auto directory = input_file::open(folder.path("."));
  REQUIRE(!directory);
  CHECK(directory.error().code == "open-file");
  CHECK(directory.error().detail == "Is a directory");
}

TEST_CASE("a FIFO without a writer does not hold up its opener") {
  const temporary_folder folder;
  REQUIRE(::mkfifo(folder.path("pipe").c_str(), 0600) == 0);
  auto file = input_file::open(folder.path("pipe"));
  REQUIRE(file);
  CHECK(file->type() == input_file::kind::pipe);
  CHECK(file->may_block());
  std::string room(10, '\0');
  auto got = file->read(room);
  REQUIRE(got);
  CHECK(*got == std::nullopt);
  owned_fd writer(::open(folder.path("pipe").c_str(), O_WRONLY | O_NONBLOCK));
  REQUIRE(writer);
  got = file->read(room);
  REQUIRE(got);
  CHECK(*got == std::nullopt);
  REQUIRE(::write(writer.get(), "abc", 3) == 3);
  got = file->read(room);
  REQUIRE(got);
  CHECK(*got == 3);
  CHECK(room.substr(0, 3) == "abc");
  writer = owned_fd();
  got = file->read(room);
  REQUIRE(got);
  CHECK(*got == 0);
}

TEST_CASE("a FIFO whose writer came and wrote nothing is at its end") {
  const temporary_folder folder;
  REQUIRE(::mkfifo(folder.path("pipe").c_str(), 0600) == 0);
  auto file = input_file::open(folder.path("pipe"));
  REQUIRE(file);
  REQUIRE(owned_fd(::open(folder.path("pipe").c_str(), O_WRONLY | O_NONBLOCK)));
  std::string room(10, '\0');
  const auto got = file->read(room);
  REQUIRE(got);
  CHECK(*got == 0);
}

TEST_CASE("a device is read like a pipe") {
  auto file = input_file::open("/dev/null");
  REQUIRE(file);
  CHECK(file->type() == input_file::kind::other);
  CHECK(read_to_end(*file, 4).empty());
}
