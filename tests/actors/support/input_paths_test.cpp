#include "actors/support/input_paths.hpp"

#include <doctest/doctest.h>

#include "tests/actors/support/temporary_folder.hpp"

using namespace weir;
using namespace weir::testing;

namespace {
using texts = std::vector<std::string>;
}

TEST_CASE("patterns stand for the files that match, in order of name") {
  const temporary_folder folder;
  for (const char* name : {"b.log", "a.log", "a10.log", "c.txt", ".hidden.log", "odd[1].log"})
    folder.write(name, "");
  folder.write("sub.log/x.log", "");
  const auto expand = [&](texts patterns) {
    for (auto& p : patterns) p = p == "-" ? p : folder.path(p);
    auto out = expand_paths(patterns);
    REQUIRE(out);
    for (auto& p : *out) p = p.substr(p.rfind('/') + 1);
    return *out;
  };
  CHECK(expand({"?.log"}) == texts{"a.log", "b.log"});
  CHECK(expand({"*.log"}) == texts{"a.log", "a10.log", "b.log", "odd[1].log"});
  CHECK(expand({"c.txt", "[ab].log", "-"}) == texts{"c.txt", "a.log", "b.log", "-"});
  CHECK(expand({"a.log", "a.log"}) == texts{"a.log", "a.log"});
  CHECK(expand({"not-there.log"}) == texts{"not-there.log"});
  CHECK(expand({"odd[1].log"}) == texts{"odd[1].log"});
  CHECK(expand({"*/x.log"}) == texts{"x.log"});
  CHECK(expand({}).empty());
}

TEST_CASE("a pattern that nothing matches is told") {
  const temporary_folder folder;
  const texts patterns = {folder.path("*.gz")};
  const auto out = expand_paths(patterns);
  REQUIRE(!out);
  CHECK(out.error().code == "no-match");
  CHECK(out.error().text.starts_with("no file matches '"));
}
