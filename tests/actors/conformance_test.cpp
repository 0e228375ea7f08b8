// What holds for every built-in stage, whoever wrote it.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "tests/support/flow_text.hpp"
#include "tests/support/stage_harness.hpp"

namespace weir::testing {
namespace {

namespace fs = std::filesystem;

// Examples name files; what they leave behind goes into a folder of its own.
class scratch_folder {
 public:
  scratch_folder() : before_(fs::current_path()) {
    std::string name = (fs::temp_directory_path() / "weir_conformance_XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    fs::current_path(folder_);
  }
  ~scratch_folder() {
    fs::current_path(before_);
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

 private:
  fs::path before_;
  fs::path folder_;
};

bool is_sentence(std::string_view text) {
  return text.size() > 5 && text.ends_with('.') && text.find('\n') == std::string_view::npos;
}

bool is_name(std::string_view text) {
  return !text.empty() && text[0] >= 'a' && text[0] <= 'z' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

std::size_t inputs_of(const stage_type& type) {
  return type.numbered_inputs ? 2 : type.inputs.size();
}

// Each example of each stage, between a scratch folder and the end of the case.
template <class Try>
void each_example(Try attempt) {
  for (const auto& type : all_stages().all())
    for (const auto& example : type.examples) {
      CAPTURE(type.name);
      CAPTURE(example);
      const scratch_folder folder;
      problems found;
      const auto configured = type.configure(read_flow(example), inputs_of(type), found);
      attempt(type, *configured);
    }
}

// Records with the columns that the stage asks for, of several types and some without them.
record_list sample(const configured_stage& configured) {
  std::set<std::string> columns = {"id", "note"};
  for (const auto& path : configured.columns()) columns.insert(path.column());
  for (const auto& use : configured.expressions())
    for (const auto& column : use.what->columns()) columns.insert(column.path.column());
  const char* const values[] = {"1",    "2.5",         "a text that is longer than twelve bytes",
                                "true", "[1, {b: c}]", "null",
                                "700",  "-3"};
  record_list list;
  for (std::size_t i = 0; i < 24; ++i) {
    std::string text;
    std::size_t at = i;
    for (const auto& column : columns)
      text += fmt::format("\"{}\": {}, ", column, values[at++ % std::size(values)]);
    list.push_back(records("[{" + text + "}]").front());
  }
  return list;
}

TEST_CASE("every stage is documented") {
  CHECK_FALSE(all_stages().all().empty());
  for (const auto& type : all_stages().all()) {
    CAPTURE(type.name);
    CHECK(is_name(type.name));
    CHECK(is_sentence(type.summary));
    CHECK_FALSE(type.examples.empty());
    std::set<std::string> names;
    for (const auto& option : type.options) {
      CAPTURE(option.name);
      CHECK(is_name(option.name));
      CHECK(names.insert(option.name).second);
      CHECK(is_sentence(option.documentation));
      CHECK_FALSE((option.type.empty() && option.choices.empty()));
      for (const auto& choice : option.choices) CHECK_FALSE(choice.documentation.empty());
    }
  }
}

TEST_CASE("no stage declares a key that every stage has") {
  const std::set<std::string> reserved = {"name",         "type",        "from",    "workers",
                                          "by",           "ordered",     "credit",  "when_full",
                                          "retry",        "on_failure",  "restart", "timeout",
                                          "max_duration", "description", "window"};
  for (const auto& type : all_stages().all())
    for (const auto& option : type.options) {
      CAPTURE(type.name);
      // `by` means the same everywhere, so that stages may read it.
      if (option.name != "by") CHECK_MESSAGE(!reserved.contains(option.name), option.name);
    }
}

TEST_CASE("the ports of every stage have names, and none is called 'rejected'") {
  each_example([](const stage_type& type, const configured_stage& configured) {
    CHECK(configured.inputs().size() == inputs_of(type));
    CHECK(configured.inputs().empty() == (type.kind == stage_kind::source));
    CHECK(configured.outputs().empty() == (type.kind == stage_kind::sink));
    std::set<std::string> names;
    for (const auto& port : configured.outputs()) {
      CHECK(port != "rejected");
      CHECK(names.insert(port).second);
    }
  });
}

TEST_CASE("the examples of every stage are read without a problem") {
  for (const auto& type : all_stages().all())
    for (const auto& example : type.examples) {
      CAPTURE(example);
      CHECK(option_problems(type.name, example, inputs_of(type)) == std::vector<std::string>{});
    }
}

TEST_CASE("every stage refuses an unknown option by its name") {
  for (const auto& type : all_stages().all()) {
    const auto found = option_problems(type.name, "{no_such_option: 1}", inputs_of(type));
    CAPTURE(type.name);
    CHECK(std::any_of(found.begin(), found.end(), [](const std::string& text) {
      return text.starts_with("1:2: unknown option 'no_such_option'");
    }));
  }
}

TEST_CASE("every stage names its required options when they are missing") {
  for (const auto& type : all_stages().all()) {
    const auto found = option_problems(type.name, "{}", inputs_of(type));
    for (const auto& option : type.options) {
      if (!option.is_required) continue;
      CAPTURE(type.name);
      CHECK(std::any_of(found.begin(), found.end(), [&](const std::string& text) {
        return text.find("option '" + option.name + "' is missing") != std::string::npos;
      }));
    }
  }
}

TEST_CASE("no stage takes a value of the wrong type without a word") {
  for (const auto& type : all_stages().all())
    for (const auto& option : type.options) {
      const auto options = fmt::format("{{{}: [[[no]]]}}", option.name);
      CAPTURE(type.name);
      CAPTURE(options);
      CHECK_FALSE(option_problems(type.name, options, inputs_of(type)).empty());
    }
}

TEST_CASE("every stage survives being destroyed unopened, and closed as soon as it is open") {
  each_example([](const stage_type& type, const configured_stage& configured) {
    const stage_run never_opened(type, configured);
    stage_run run(type, configured);
    const auto opened = run.open();
    if (!opened) CHECK_FALSE(opened.error().text.empty());
    run.close();
  });
}

TEST_CASE("every stage survives an end without input") {
  each_example([](const stage_type& type, const configured_stage& configured) {
    if (type.kind == stage_kind::source) return;
    stage_run run(type, configured);
    REQUIRE(run.open());
    for (port_number port = 0; port < configured.inputs().size(); ++port)
      if (!run.ended()) CHECK(run.finish(port));
    if (type.ledger != ledger_kind::creates) CHECK(run.out().records_sent() == 0);
    if (type.kind == stage_kind::sink) CHECK(run.settle(outcome::complete));
  });
}

TEST_CASE("every stage survives chunks without records and without columns") {
  each_example([](const stage_type& type, const configured_stage& configured) {
    if (type.kind == stage_kind::source) return;
    stage_run run(type, configured);
    REQUIRE(run.open());
    const auto none_selected = slice(chunk_of(sample(configured), {}, layout::strangers), 0, 0);
    for (const auto& nothing : {empty_chunk(), none_selected})
      for (port_number port = 0; port < configured.inputs().size(); ++port)
        if (!run.ended()) CHECK(run.give(nothing, port));
    CHECK(run.out().records_sent() == 0);
    CHECK(run.out().rejected().empty());
  });
}

TEST_CASE("every stage survives being destroyed half-way") {
  each_example([](const stage_type& type, const configured_stage& configured) {
    stage_run run(type, configured);
    if (!run.open()) return;
    if (type.kind != stage_kind::source) {
      CHECK(run.give(chunk_of(sample(configured))));
    } else if (!run.blocks()) {
      CHECK(run.pull());
    }
  });
}

TEST_CASE("every sink survives a run that fails half-way") {
  each_example([](const stage_type& type, const configured_stage& configured) {
    if (type.kind != stage_kind::sink) return;
    stage_run run(type, configured);
    REQUIRE(run.open());
    CHECK(run.give(chunk_of(sample(configured))));
    CHECK(run.settle(outcome::failed));
    CHECK(fs::is_empty(fs::current_path()));
  });
}

TEST_CASE("every transform that holds nothing passes marks on to all outputs") {
  each_example([](const stage_type& type, const configured_stage& configured) {
    if (type.kind != stage_kind::transform) return;
    if (configured.hold().what != hold_bound::kind::none) return;
    stage_run run(type, configured);
    REQUIRE(run.open());
    CHECK(run.give(mark{mark::kind::flush}));
    for (port_number port = 0; port < configured.outputs().size(); ++port)
      CHECK(run.out().port(port).marks.size() == 1);
  });
}

TEST_CASE("a stage that rejects records says that it may") {
  each_example([](const stage_type& type, const configured_stage& configured) {
    if (type.kind == stage_kind::source) return;
    stage_run run(type, configured);
    REQUIRE(run.open());
    for (port_number port = 0; port < configured.inputs().size(); ++port)
      CHECK(run.give(chunk_of(sample(configured)), port));
    for (port_number port = 0; port < configured.inputs().size(); ++port)
      if (!run.ended()) CHECK(run.finish(port));
    if (!run.out().rejected().empty()) CHECK(configured.rejects());
  });
  // What the examples do not bring about.
  const auto rejects = [](const char* stage, const char* options, std::size_t inputs = 1) {
    return stage_harness(stage, options, inputs).configured().rejects();
  };
  CHECK(rejects("zip", "{}", 2));
  CHECK(rejects("print", "{format: csv}"));
  CHECK_FALSE(rejects("print", "{format: ndjson}"));
  CHECK(rejects("write_file", "{path: a.csv}"));
  CHECK_FALSE(rejects("write_file", "{path: a.csv, columns: [a]}"));
  CHECK(rejects("write_file", "{path: a.log, format: lines}"));
  CHECK_FALSE(rejects("write_file", "{path: a.ndjson}"));
}

TEST_CASE("a stage that says it keeps nothing gives the same where each chunk has a new instance") {
  std::size_t tried = 0;
  each_example([&](const stage_type& type, const configured_stage& configured) {
    if (type.kind != stage_kind::transform || type.failed != after_failure::goes_on) return;
    ++tried;
    stage_run all(type, configured);
    REQUIRE(all.open());
    const auto records = sample(configured);
    std::vector<record_list> anew(configured.outputs().size());
    for (std::size_t i = 0; i < records.size(); i += 6) {
      const record_list few(records.begin() + static_cast<std::ptrdiff_t>(i),
                            records.begin() + static_cast<std::ptrdiff_t>(i) + 6);
      REQUIRE(all.give(chunk_of(few)));
      stage_run one(type, configured);
      REQUIRE(one.open());
      REQUIRE(one.give(chunk_of(few)));
      for (port_number port = 0; port < anew.size(); ++port)
        for (auto& record : one.sent(port)) anew[port].push_back(record);
    }
    for (port_number port = 0; port < anew.size(); ++port) CHECK(all.sent(port) == anew[port]);
  });
  CHECK(tried > 3);
}

// The chunk's own object and all of its buffers.
std::vector<std::weak_ptr<const void>> parts_of(const chunk_ptr& in) {
  std::vector<std::weak_ptr<const void>> parts = {in};
  const auto add = [&](const buffer_ptr& b) { parts.emplace_back(b); };
  for (const auto& c : in->columns()) c->each_buffer(add);
  in->raw()->text->each_buffer(add);
  return parts;
}

TEST_CASE("no stage keeps the buffers of its input alive in its state") {
  each_example([](const stage_type& type, const configured_stage& configured) {
    if (type.kind == stage_kind::source) return;
    stage_run run(type, configured);
    REQUIRE(run.open());
    auto given = chunk_of(sample(configured));
    const auto parts = parts_of(given);
    CHECK(run.give(std::move(given)));
    run.out().drop_chunks();
    CHECK(std::all_of(parts.begin(), parts.end(), [](const auto& p) { return p.expired(); }));
  });
}

TEST_CASE("every stage's examples give the same records however the input is cut") {
  each_example([](const stage_type& type, const configured_stage& configured) {
    // What creates records from several has tests of its own.
    if (type.kind != stage_kind::transform || type.ledger == ledger_kind::creates) return;
    for (const auto& example : type.examples) {
      stage_harness stage(type, example, inputs_of(type));
      stage.run_inputs(std::vector<record_list>(inputs_of(type), sample(configured)));
    }
  });
}

}  // namespace
}  // namespace weir::testing
