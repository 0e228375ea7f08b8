#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/codecs/record_reader.hpp"
#include "actors/support/file_feed.hpp"
#include "actors/support/record_format.hpp"
#include "runtime/stage/stage_type.hpp"

namespace weir::sources {

/// Options of `read_file`. What each means to a user is said once, in read_file.cpp.
struct read_file_options {
  std::vector<std::string> path;
  record_format format = record_format::by_name;
  named<column_type> columns;
  std::optional<std::vector<std::string>> names;
  std::optional<std::string> delimiter;
  byte_size max_record = 16_MiB;
};

/// Reads records from files, one after the other, or from standard input.
///
/// Several may share the files: each takes the next block of whole records and makes records of it.
///
/// Order:  files in the order given, those of a pattern by name; records as they stand in them.
/// Memory: a block of 256 KiB, or one record.
/// Errors: what can't be read as a record is rejected; what can't be opened or unpacked fails.
class read_file final : public source {
 public:
  explicit read_file(const read_file_options& options);
  read_file(const read_file_options& options, std::shared_ptr<file_feed> feed);
  static std::vector<std::unique_ptr<read_file>> make_workers(const read_file_options& options,
                                                              unsigned count);
  static std::unique_ptr<source> make_rereading(const read_file_options& options,
                                                std::shared_ptr<kept_records> from);

  bool blocks() const override;
  result<void> open(context& in) override;
  stage_answer pull(outlet& out) override;
  stage_turn turn() const override;
  void close() override;

 private:
  result<void> give_piece(outlet& out);
  stage_answer give_rest(outlet& out);
  void tell_missing();

  read_file_options options_;
  std::shared_ptr<file_feed> feed_;
  context* context_ = nullptr;
  std::unique_ptr<codecs::record_reader> reader_;
  std::set<std::string> named_;  // columns that a stage below or `columns` names
  file_feed::piece piece_;       // being read, while it has a block
  stage_turn turn_;
};

}  // namespace weir::sources
