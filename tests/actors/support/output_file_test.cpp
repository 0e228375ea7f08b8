#include "actors/support/output_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/actors/support/temporary_folder.hpp"

using namespace weir;
using namespace weir::testing;
using mode = output_file::mode;

namespace {

output_file open(const std::string& path, mode how = mode::replace) {
  auto file = output_file::open(path, how);
  REQUIRE(file);
  return std::move(*file);
}

}  // namespace

TEST_CASE("a file gets its name when it is published, and not before") {
  const temporary_folder folder;
  folder.write("out", "before");
  auto file = open(folder.path("out"));
  CHECK(file.write("new "));
  CHECK(file.write("text"));
  CHECK(file.bytes_written() == 8);
  CHECK(folder.read("out") == "before");
  CHECK(folder.read(".out.weir-tmp") == "new text");
  CHECK(file.publish());
  CHECK(folder.read("out") == "new text");
  CHECK(folder.files() == 1);
}

TEST_CASE("an unfinished file gets a name that says so") {
  const temporary_folder folder;
  folder.write("out", "before");
  auto file = open(folder.path("out"));
  CHECK(file.write("some"));
  CHECK(file.publish_partial() == folder.path("out") + ".partial");
  CHECK(folder.read("out") == "before");
  CHECK(folder.read("out.partial") == "some");
  CHECK(folder.files() == 2);
}

TEST_CASE("a file that is discarded or dropped leaves nothing") {
  const temporary_folder folder;
  {
    auto file = open(folder.path("out"));
    CHECK(file.write("some"));
    file.discard();
    CHECK(folder.files() == 0);
  }
  { const auto file = open(folder.path("out")); }
  CHECK(folder.files() == 0);
  auto first = open(folder.path("one"));
  first = open(folder.path("two"));
  CHECK(folder.files() == 1);
  CHECK(folder.has(".two.weir-tmp"));
}

TEST_CASE("what a killed run left is overwritten") {
  const temporary_folder folder;
  folder.write(".out.weir-tmp", "a long rest of an earlier run");
  auto file = open(folder.path("out"));
  CHECK(file.write("new"));
  CHECK(file.publish());
  CHECK(folder.read("out") == "new");
  CHECK(folder.files() == 1);
}

TEST_CASE("two runs don't write the same file") {
  const temporary_folder folder;
  auto first = open(folder.path("out"));
  const auto second = output_file::open(folder.path("out"), mode::replace);
  REQUIRE(!second);
  CHECK(second.error().code == "file-locked");
  CHECK(second.error().text.ends_with("/out': another stage or run is writing it now"));
  CHECK(first.publish());
  open(folder.path("out")).discard();
  CHECK(folder.has("out"));

  const auto appended = open(folder.path("out"), mode::append);
  CHECK(output_file::open(folder.path("out"), mode::append).error().code == "file-locked");
}

TEST_CASE("what is appended stays behind what was there") {
  const temporary_folder folder;
  folder.write("out", "before\n");
  auto file = open(folder.path("out"), mode::append);
  CHECK(file.bytes_before() == 7);
  CHECK(file.write("after\n"));
  CHECK(file.publish());
  CHECK(folder.read("out") == "before\nafter\n");
  auto partial = open(folder.path("out"), mode::append);
  CHECK(partial.write("more\n"));
  CHECK(partial.publish_partial() == folder.path("out"));
  CHECK(folder.read("out") == "before\nafter\nmore\n");
}

TEST_CASE("what was appended is taken back when it is discarded") {
  const temporary_folder folder;
  folder.write("out", "before\n");
  auto file = open(folder.path("out"), mode::append);
  CHECK(file.write("after\n"));
  file.discard();
  CHECK(folder.read("out") == "before\n");
  auto made = open(folder.path("new"), mode::append);
  CHECK(made.write("x"));
  made.discard();
  CHECK(!folder.has("new"));
}

TEST_CASE("a device is written in place, and a full one says so") {
  auto file = open("/dev/full");
  const auto put = file.write("x");
  REQUIRE(!put);
  CHECK(put.error() == error{"write-file", "'/dev/full': no space left on device",
                             "No space left on device", true});
  file.discard();
  auto null = open("/dev/null");
  CHECK(null.write("x"));
  CHECK(null.publish());
}

TEST_CASE("a file that can't be made is told by name") {
  const auto missing = output_file::open("/no/such/folder/out", mode::replace);
  REQUIRE(!missing);
  CHECK(missing.error() ==
        error{"open-file", "'/no/such/folder/out': no such file", "No such file or directory"});
  const temporary_folder folder;
  const auto directory = output_file::open(folder.path("."), mode::replace);
  REQUIRE(!directory);
  CHECK(directory.error().detail == "Is a directory");
}

TEST_CASE("a link stays a link, and the file keeps who may read it") {
  const temporary_folder folder;
  folder.write("real", "before");
  REQUIRE(::chmod(folder.path("real").c_str(), 0640) == 0);
  REQUIRE(::symlink(folder.path("real").c_str(), folder.path("link").c_str()) == 0);
  auto file = open(folder.path("link"));
  CHECK(file.write("after"));
  CHECK(file.publish());
  CHECK(folder.read("real") == "after");
  CHECK(std::filesystem::is_symlink(folder.path("link")));
  struct stat about {};
  REQUIRE(::stat(folder.path("real").c_str(), &about) == 0);
  CHECK((about.st_mode & 07777) == 0640);
}

TEST_CASE("that a device has no space is temporary, and that a folder is missing is not") {
  auto full = open("/dev/full");
  const auto written = full.write("text");
  REQUIRE_FALSE(written);
  CHECK(written.error().code == "write-file");
  CHECK(written.error().temporary);
  const temporary_folder folder;
  const auto opened = output_file::open(folder.path("none/out"), mode::replace);
  REQUIRE_FALSE(opened);
  CHECK_FALSE(opened.error().temporary);
}
