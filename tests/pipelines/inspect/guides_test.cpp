#include "pipelines/inspect/guides.hpp"

#include <doctest/doctest.h>

#include "pipelines/inspect/text_layout.hpp"
#include "pipelines/spec/file_keys.hpp"
#include "pipelines/spec/stage_keys.hpp"
#include "runtime/base/text.hpp"
#include "runtime/expression/functions.hpp"
#include "runtime/expression/macros.hpp"
#include "tests/runtime/expression/evaluate.hpp"
#include "tests/support/approved_text.hpp"

namespace weir::testing {
namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a guide tells all there is to write") {
  for (const auto& g : guides()) {
    CHECK(find_guide(g.name) == &g);
    check_approved(fmt::format("pipelines/inspect/approved/guide_{}.txt", g.name), g.page(80));
  }
  CHECK(find_guide("stages") == nullptr);
}

TEST_CASE("a guide keeps to the width of its terminal") {
  for (const std::size_t width : {72U, 100U})
    for (const auto& g : guides()) {
      const auto page = g.page(width);
      for (const auto line : split(page, '\n')) {
        INFO(line);
        // Examples are kept as they are.
        if (!line.starts_with("        ")) CHECK(columns_of(line) <= width);
      }
    }
}

TEST_CASE("the guide of the pipeline file has every key that one may have") {
  const auto page = pipeline_guide(80);
  for (const auto& names : {file_key_names(), stage_key_names()})
    for (const auto& name : names) {
      // It belongs to the stages that have it as an option.
      if (name == "by") continue;
      INFO(name);
      CHECK((has(page, "\n    " + name + "  ") || has(page, " " + name + ",") ||
             has(page, " " + name + ";") || has(page, " " + name + ".")));
    }
}

TEST_CASE("the guide of expressions has every function with an example that is one") {
  const auto page = expression_guide(80);
  for (const auto& f : functions()) {
    INFO(f.example);
    CHECK(has(page, f.name));
    CHECK(expression::parse(f.example));
  }
  for (const auto& m : syntax::macros()) {
    INFO(m.example);
    CHECK(has(page, m.name));
    CHECK(expression::parse(m.example));
  }
}

}  // namespace weir::testing
