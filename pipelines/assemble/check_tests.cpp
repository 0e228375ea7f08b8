#include "pipelines/assemble/check_tests.hpp"

#include <fmt/format.h>

#include "pipelines/assemble/references.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

const draft_stage* find_stage(const draft& in, const std::string& name, const source_place& place,
                              problems& found) {
  std::vector<std::string> names;
  for (const auto& stage : in.stages) {
    if (stage.spec->name == name) return &stage;
    names.push_back(stage.spec->name);
  }
  found.add("unknown-stage", place,
            fmt::format("unknown stage {}{}", quoted(name), did_you_mean(name, names, "stages")));
  return nullptr;
}

void check_test(const draft& in, const pipeline_test& test, problems& found) {
  for (const auto& input : test.inputs) {
    const draft_stage* stage = find_stage(in, input.stage, input.place, found);
    if (stage != nullptr && stage->type && stage->type->kind != stage_kind::source)
      found.add("odd-test", input.place,
                fmt::format("'{}' is not a source; records are put in where a source would give "
                            "them",
                            input.stage));
  }
  for (const auto& output : test.expected) {
    const stage_reference what{output.stage, output.port, {output.place, scalar_style::plain}};
    const draft_stage* stage = find_stage(in, output.stage, output.place, found);
    const bool is_what_a_sink_takes =
        stage != nullptr && stage->type && !stage->has_outputs() && output.port.empty();
    if (stage != nullptr && !is_what_a_sink_takes) find_output(in, what, found);
  }
  for (const auto& rejection : test.rejected)
    find_stage(in, rejection.stage, rejection.place, found);
}

}  // namespace

void check_tests(const draft& in, problems& found) {
  if (!in.spec->tests.empty())
    found.warn("tests-not-run", in.spec->tests.front().place,
               "tests are not run by this version, only checked");
  for (const auto& test : in.spec->tests) {
    const auto subject = found.enter(fmt::format("test {}", quoted(test.name)));
    check_test(in, test, found);
  }
}

}  // namespace weir
