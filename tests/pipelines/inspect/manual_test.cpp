#include "pipelines/inspect/manual.hpp"

#include <doctest/doctest.h>

#include "pipelines/inspect/json_schema.hpp"
#include "pipelines/inspect/markdown.hpp"
#include "pipelines/inspect/text_layout.hpp"
#include "runtime/base/text.hpp"
#include "tests/pipelines/inspect/small_stages.hpp"
#include "tests/support/approved_text.hpp"

namespace weir::testing {

TEST_CASE("a manual page tells all that a stage declares") {
  const auto stages = small_stages();
  for (const auto& type : stages.all()) SUBCASE(type.name.c_str())
  check_approved("pipelines/inspect/approved/" + type.name + ".txt",
                 manual_of(type, stages.all(), 80));
}

TEST_CASE("a manual page keeps to the width of its terminal") {
  const auto stages = small_stages();
  for (const std::size_t width : {60U, 100U})
    for (const auto& type : stages.all()) {
      const auto page = manual_of(type, stages.all(), width);
      for (const auto line : split(page, '\n')) {
        INFO(line);
        CHECK(columns_of(line) <= width);
      }
    }
}

TEST_CASE("a secret's value stands in no manual") {
  struct keyed {
    std::string key = "hunter2";
  };
  const stage_type type = describe_stage<idle_sink<keyed>, keyed>("send").summary("Sends.").option(
      "key", &keyed::key, "The key.", secret);
  CHECK(type.options.front().default_text == "hunter2");
  for (const auto& text :
       {manual_of(type, {type}, 80), markdown_of({type}), json_schema_of(type)}) {
    CHECK(text.find("The key.") != std::string::npos);
    CHECK(text.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("the list names all stages by kind") {
  check_approved("pipelines/inspect/approved/list.txt", list_of(small_stages().all(), 80));
}

TEST_CASE("the Markdown reference tells all that stages declare") {
  check_approved("pipelines/inspect/approved/reference.md", markdown_of(small_stages().all()));
}

TEST_CASE("the JSON Schema tells all that stages declare") {
  check_approved("pipelines/inspect/approved/dedupe.json", json_schema_of(dedupe_stage()));
  check_approved("pipelines/inspect/approved/pipeline.json", json_schema_of(small_stages().all()));
}

}  // namespace weir::testing
