#include "tests/pipelines/test_stages.hpp"

#include "actors/builtin_stages.hpp"

namespace weir::testing {
namespace {

struct idle_source final : source {
  template <class Options>
  explicit idle_source(const Options&) {}
  result<void> open(context&) override { return {}; }
  stage_answer pull(outlet&) override { return answer::end; }
};

struct idle_transform final : transform {
  template <class Options>
  explicit idle_transform(const Options&) {}
  result<void> open(context&) override { return {}; }
  stage_answer process(port_number, const chunk_ptr&, outlet&) override { return answer::wait; }
};

struct idle_sink final : sink {
  template <class Options>
  explicit idle_sink(const Options&) {}
  result<void> open(context&) override { return {}; }
  stage_answer consume(const chunk_ptr&, outlet&) override { return answer::wait; }
};

struct join_options {
  std::vector<column_path> on;
};

stage_type join_stage() {
  return describe_stage<idle_transform, join_options>("join")
      .summary("Puts records of two inputs together.")
      .option("on", &join_options::on, "Columns that must be equal.", required)
      .inputs({"left", "right"})
      .reads(input_order::chosen)
      .creates();
}

struct read_file_options {
  std::vector<std::string> path;
  named<column_type> columns;
  byte_size max_record = 16_MiB;
};

stage_type read_file_stage() {
  return describe_stage<idle_source, read_file_options>("read_file")
      .summary("Reads records from files.")
      .option("path", &read_file_options::path, "Files to read.", required)
      .option("columns", &read_file_options::columns, "Types of columns.")
      .option("max_record", &read_file_options::max_record, "The longest record.",
              between{1_KiB, 1_GiB})
      .rejects()
      .reads_files([](const read_file_options& options) { return options.path; });
}

struct aggregate_options {
  std::vector<column_path> by;
  named<aggregate_option> compute;
};

stage_type aggregate_stage() {
  return describe_stage<idle_transform, aggregate_options>("aggregate")
      .summary("Makes one record of each group.")
      .option("by", &aggregate_options::by, "Columns that tell groups apart.")
      .option("compute", &aggregate_options::compute, "What to compute of each group.", required)
      .creates()
      .holds(hold_bound::everything())
      .makes([](const aggregate_options& options, port_number, const std::vector<known_columns>&) {
        known_columns made{.fields = {}, .complete = true};
        for (const auto& path : options.by)
          made.fields.push_back({path.steps.back(), column_type::dynamic});
        for (const auto& [name, value] : options.compute)
          made.fields.push_back({name, column_type::dynamic});
        return made;
      });
}

struct write_file_options {
  std::string path;
};

stage_type write_file_stage() {
  return describe_stage<idle_sink, write_file_options>("write_file")
      .summary("Writes records to a file.")
      .option("path", &write_file_options::path, "The file to write.", required)
      .writes_files(
          [](const write_file_options& options) { return std::vector<std::string>{options.path}; });
}

struct print_options {
  std::uint32_t rows_max = 1000;
};

stage_type print_stage() {
  return describe_stage<idle_sink, print_options>("print")
      .summary("Shows records to people.")
      .option("rows_max", &print_options::rows_max, "Rows shown.", between{1, 1'000'000});
}

}  // namespace

const registry& known_stages() {
  static const registry known = [] {
    registry made(builtin_stages());
    for (auto type :
         {join_stage(), read_file_stage(), aggregate_stage(), write_file_stage(), print_stage()})
      if (made.find(type.name) == nullptr) made.add(std::move(type));
    return made;
  }();
  return known;
}

}  // namespace weir::testing
