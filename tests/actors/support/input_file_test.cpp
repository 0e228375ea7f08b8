#include "actors/support/input_file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>

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

TEST_CASE("a file without a size, which has content, did not become shorter") {
  auto file = input_file::open("/proc/self/status");
  REQUIRE(file);
  CHECK(file->size() == 0);
  CHECK(read_to_end(*file, 1000).starts_with("Name:"));
  CHECK(file->shrunk() == std::nullopt);
}

// While the system cuts a file it fills what is cut off with zeros, and a read at that moment sees
// them: in most of these rounds, where what was written at once is kept in large pages.
TEST_CASE("of a file that is cut while it is read only what was in it is given") {
  const temporary_folder folder;
  const std::string text(1 << 20, 'x');
  const off_t left = std::ssize(text) - 1000;
  for (int round = 0; round < 40; ++round) {
    CAPTURE(round);
    const auto path = folder.write("in.txt", "");
    const owned_fd cut(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    REQUIRE(::write(cut.get(), text.data(), text.size()) == std::ssize(text));
    auto file = input_file::open(path);
    REQUIRE(file);
    std::string got(text.size(), '\0');
    std::atomic<bool> reads = false;
    std::thread cutting([&] {
      while (!reads) std::this_thread::yield();
      CHECK(::ftruncate(cut.get(), left) == 0);
    });
    reads = true;
    const auto count = round % 2 == 0 ? static_cast<std::ptrdiff_t>(file->read(got)->value())
                                      : file->read_part(file->claim(got.size()), got);
    cutting.join();
    REQUIRE(count >= 0);
    got.resize(static_cast<std::size_t>(count));
    CHECK(got.find_first_not_of('x') == got.npos);
  }
}
