#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "pipelines/simulation/simulated_fault.hpp"
#include "runtime/base/result.hpp"

namespace weir {

/// What a pipeline file is given from outside, as it was written.
struct file_arguments {
  std::vector<std::string> params;    ///< `name=value`
  std::vector<std::string> settings;  ///< `stage.option=value`
};

enum class executor_kind : std::uint8_t { actors, inline_ };
enum class report_form : std::uint8_t { text, json, none };
enum class manual_form : std::uint8_t { text, markdown, json_schema };

struct run_arguments {
  std::string file;
  file_arguments given;
  executor_kind executor = executor_kind::actors;
  std::optional<unsigned> threads;  ///< none: one a core
  report_form report = report_form::text;
  std::optional<std::chrono::nanoseconds> drain;  ///< none: as the file says
  std::uint64_t seed = 0;
  std::optional<std::string> dead_letters;  ///< a file; none: they are only counted
  bool quiet = false;
  bool strict = false;
};

struct replay_arguments {
  std::string letters;  ///< the file of dead letters
  run_arguments run;
};

struct check_arguments {
  std::vector<std::string> files;
  file_arguments given;
  bool json = false;
  bool strict = false;
};

enum class test_form : std::uint8_t { text, junit };

struct test_arguments {
  std::vector<std::string> files;
  file_arguments given;
  std::string test;                    ///< a test's name, a glob or a part of it; empty: all
  std::optional<std::uint32_t> seeds;  ///< random schedules a test; none: as it says
  std::optional<std::uint64_t> seed;   ///< this one alone
  test_form form = test_form::text;
  std::string junit;  ///< a file for JUnit's XML; empty: none
  bool quiet = false;
};

struct simulate_arguments {
  std::string file;
  file_arguments given;
  std::uint32_t seeds = 200;          ///< runs, with the seeds from 1 on
  std::optional<std::uint64_t> seed;  ///< this one alone, with its history
  std::uint64_t records = 1'000;      ///< of each source
  std::vector<simulated_fault> faults{simulated_faults.begin(), simulated_faults.end()};
  bool json = false;
};

struct eval_arguments {
  std::string expression;
  std::optional<std::string> file;
  std::optional<std::string> json;  ///< a record
  std::string format;               ///< of the file; empty: as `read_file` finds it
  bool strict = false;
};

struct graph_arguments {
  std::string file;
  file_arguments given;
};

struct explain_arguments {
  std::string file;
  file_arguments given;
  std::optional<unsigned> threads;  ///< none: one a core
  bool json = false;
};

struct list_arguments {};

struct inspect_arguments {
  std::string stage;  ///< empty: all
  manual_form form = manual_form::text;
};

struct version_arguments {};

/// Somebody asked for help, or gave no command at all.
struct help_arguments {
  std::string text;
  bool was_asked = true;
};

using command = std::variant<run_arguments, replay_arguments, check_arguments, test_arguments,
                             simulate_arguments, eval_arguments, graph_arguments, explain_arguments,
                             list_arguments, inspect_arguments, version_arguments, help_arguments>;

/// Reads the command line, without the program's name.
///
/// Errors: `usage`, with the nearest right thing.
result<command> parse_command_line(std::span<const char* const> arguments);

}  // namespace weir
