#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runtime/base/random.hpp"

namespace weir::testing {

/// How records come into a sample pipeline.
enum class sample_input : std::uint8_t {
  any,       ///< files, packed or not, or `generate`
  files,     ///< files `in/*.ndjson` as they are
  gzip,      ///< the same packed, some of several members
  one_file,  ///< one file as it is
  one_gzip,  ///< one packed file
  standard,  ///< standard input
  fifo,      ///< the FIFO `in/1.ndjson`
};

/// What a sample pipeline writes, and what has to stand in it.
struct sample_output {
  std::string stage;
  std::string file;    ///< below `out/`; empty: standard output
  std::string header;  ///< the first line, of csv
  bool in_order = true;
  std::uint64_t most = UINT64_MAX;  ///< records taken, of those that there are
  std::function<bool(std::uint64_t)> takes;
  std::function<std::string(std::uint64_t)> line;  ///< what record n becomes; none: groups
  std::string groups;                              ///< the stage that makes the groups
};

/// A pipeline of the stages that users have, made from a seed: records with a number `n` from 0 on
/// go over filters, computed columns, groups, forks and merges to files and standard output. What
/// comes out of it is known by arithmetic.
class sample_pipeline {
 public:
  /// `records`: at most so many, and at least half of them.
  sample_pipeline(random_source& random, sample_input input, std::uint64_t records);

  /// The pipeline file.
  const std::string& text() const { return text_; }
  const std::vector<sample_output>& outputs() const { return outputs_; }
  std::uint64_t records() const { return records_; }
  /// The input files below `in/`: names and what stands in them.
  const std::vector<std::pair<std::string, std::string>>& inputs() const { return inputs_; }
  /// The line of record n in the input.
  static std::string input_line(std::uint64_t n);
  /// The name of the source.
  static constexpr const char* source = "source";
  /// How long all that goes to standard output is.
  std::size_t printed_bytes() const;

  /// What is wrong with `text`, which is what an output became; empty if nothing is. Whole: it must
  /// have all of the first `records` records. Else it has some, none twice, none that is none.
  /// `counted` gets how many records it has, of groups how many are in them.
  std::string check(const sample_output& what, const std::string& text, bool whole,
                    std::uint64_t records, std::uint64_t& counted) const;

 private:
  bool one_in(std::uint32_t count) { return random_.below(count) == 0; }
  void add_source(sample_input input);
  void add_packed_files();
  void add_trunk();
  void add_branches();
  void add_copy();
  void add_some();
  void add_groups();
  void add_first();
  void add_both();
  void add(const std::string& name, const std::string& type, const std::string& options);
  std::string add_filter(const std::string& name, std::uint64_t of, std::uint64_t is);
  std::string credit();

  random_source& random_;
  std::uint64_t records_;
  std::string text_;
  std::vector<std::pair<std::string, std::string>> inputs_;
  std::vector<sample_output> outputs_;
  std::string trunk_;
  sample_output trunk_records_;  // what stands at the end of the trunk
};

/// What record n is, as it stands in front of a line; none where there is no number.
std::uint64_t number_of_line(std::string_view line);

}  // namespace weir::testing
