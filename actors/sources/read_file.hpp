#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/codecs/block_cutter.hpp"
#include "actors/codecs/record_reader.hpp"
#include "actors/support/record_format.hpp"
#include "actors/support/unpacked_input.hpp"
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
/// Order:  files in the order given, those of a pattern by name; records as they stand in them.
/// Memory: a block of 256 KiB, or one record.
/// Errors: what can't be read as a record is rejected; what can't be opened or unpacked fails.
class read_file final : public source {
 public:
  explicit read_file(const read_file_options& options) : options_(options) {}

  bool blocks() const override;
  result<void> open(context& in) override;
  stage_answer pull(outlet& out) override;
  void close() override;

 private:
  enum class got { bytes, nothing_yet, end };

  void tell_doubles();
  result<void> open_next();
  result<got> read_some(bool may_wait, outlet& out);
  bool give_block(outlet& out);
  stage_answer give_records(outlet& out);
  void give_unfinished(outlet& out);
  void tell_missing(bool by_header);
  std::vector<std::string> columns_named() const;
  std::unique_ptr<codecs::record_reader> make_reader(record_format format) const;
  std::unique_ptr<codecs::record_splitter> make_splitter(record_format format) const;
  char delimiter_for(const std::string& path) const;

  read_file_options options_;
  context* context_ = nullptr;
  std::vector<std::string> paths_;
  std::size_t next_ = 0;  // of `paths_`, to be opened
  std::optional<unpacked_input> input_;
  std::unique_ptr<codecs::block_cutter> cutter_;
  std::unique_ptr<codecs::record_reader> reader_;
  std::optional<codecs::raw_block> block_;  // being read
  bool input_ended_ = false;
  bool flushed_ = true;                   // nothing was emitted since the last flush mark
  bool header_seen_ = false;              // and what it lacks was told
  std::set<std::string> missing_;         // columns of which it was told that there are none
  std::optional<time_point> first_byte_;  // of what waits in the cutter
};

}  // namespace weir::sources
