#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/actors/support/temporary_folder.hpp"
#include "tests/processes/run_figures.hpp"
#include "tests/processes/sample_pipeline.hpp"
#include "tests/support/process.hpp"

namespace weir::testing {

/// What came of treating one process badly.
struct treatment_result {
  std::string came_out;               ///< in two words, for a table: `drained, 0`
  std::vector<std::string> findings;  ///< what was not as it is documented; none: all was
  bool skipped = false;               ///< the machine does not let us do it
};

/// A sample pipeline in a folder of its own, which is run as a process, and what is looked at when
/// it has ended: the exit code, the report, the balances, the files.
///
/// In the folder: `a.yaml`, `in/`, `out/` and `tmp/`, which the process takes for temporary files.
class treated_run {
 public:
  explicit treated_run(std::uint64_t seed) : random_(seed) {}

  random_source& random() { return random_; }
  bool one_in(std::uint32_t count) { return random_.below(count) == 0; }
  /// Makes the pipeline and its input.
  void prepare(sample_input input = sample_input::any, std::uint64_t records = 60'000);
  /// Writes what stood under an output's name before the run, if something did: once more where
  /// `out/` is another folder now.
  void write_old_file();
  const sample_pipeline& sample() const { return *sample_; }
  const temporary_folder& folder() const { return folder_; }
  std::string path(const std::string& name) const { return folder_.path(name); }

  /// How the process is started: any executor, any number of threads, the report as JSON.
  process_setup setup();
  /// A moment: so many bytes of what will be printed have come.
  std::size_t any_progress();

  /// Waits for the end, and looks whether exit code, report and balances agree.
  void end(process& what);
  const run_figures& figures() const { return *figures_; }
  int code() const { return code_; }
  bool ended_as(const std::string& outcome) const { return figures_->outcome() == outcome; }

  /// Looks whether the outputs are what they have to be after such an end: whole, `.partial` or not
  /// there, with each record that the report says was written; and whether anything is left behind.
  void check_outputs(const std::string& printed);
  /// The same where the input was not the whole sample.
  void set_records(std::uint64_t records) { records_ = records; }
  /// Who reads standard output has gone.
  void set_reader_gone() { reader_gone_ = true; }
  /// Looks whether temporary files are left.
  void check_nothing_left();
  /// Looks whether it failed for this cause: the stage whose place is told, the code and what the
  /// text or its detail must say.
  void check_failure(const std::string& stage, const std::string& code, const std::string& says);
  /// Runs it once more, undisturbed, which has to succeed.
  void run_again();

  void find(std::string text) { result_.findings.push_back(std::move(text)); }
  void expect(bool holds, const std::string& text) {
    if (!holds) find(text);
  }
  void came_out(std::string how) { result_.came_out = std::move(how); }
  void skip(std::string why);
  treatment_result result();

 private:
  void check_printed(const std::string& printed);
  void check_file(const sample_output& what);
  void check_count(const sample_output& what, std::uint64_t counted);
  std::string unpacked(const std::string& file) const;
  std::string command() const;

  random_source random_;
  temporary_folder folder_;
  std::optional<sample_pipeline> sample_;
  std::vector<std::string> arguments_;
  std::string old_file_;  // below `out/`; what a run before this one left under an output's name
  std::uint64_t records_ = 0;
  std::optional<run_figures> figures_;
  int code_ = 0;
  bool reader_gone_ = false;
  treatment_result result_;
};

}  // namespace weir::testing
