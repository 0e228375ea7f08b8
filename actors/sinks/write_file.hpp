#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/codecs/packer.hpp"
#include "actors/codecs/record_writer.hpp"
#include "actors/support/output_file.hpp"
#include "actors/support/record_format.hpp"
#include "actors/support/text_preparation.hpp"
#include "actors/support/waiting_writer.hpp"
#include "runtime/stage/stage_type.hpp"

namespace weir::sinks {

enum class packing : std::uint8_t { by_name, none, gzip, zstd };
enum class missing_values : std::uint8_t { omit, write };

/// Options of `write_file`. What each means to a user is said once, in write_file.cpp.
struct write_file_options {
  std::string path;
  record_format format = record_format::by_name;
  packing compress = packing::by_name;
  bool append = false;
  missing_values nulls = missing_values::omit;
  std::optional<std::vector<std::string>> columns;
  std::optional<std::string> delimiter;
  std::optional<column_path> column;
};

/// Writes records to a file that gets its name when the whole run has succeeded.
///
/// Order:  as they come.
/// Memory: 256 KiB of text, and what the packer needs.
/// State:  a write that failed is undone and made again where the sink is restarted: the file is
///         cut to its length before it. Text of a chunk is packed in a later call.
/// Errors: a record that the format can't hold is rejected; a write that does not work fails.
class write_file final : public sink {
 public:
  explicit write_file(const write_file_options& options) : options_(options) {}

  bool blocks() const override;
  result<void> open(context& in) override;
  stage_answer consume(const chunk_ptr& records, outlet& out) override;
  stage_answer on_mark(mark what, outlet& out) override;
  result<void> flush() override;
  result<void> roll_back() override;
  result<void> settle(outcome how) override;

  /// The sink, and those that make its text ahead.
  static std::vector<configured_stage::instance> make_prepared(const write_file_options& options,
                                                               unsigned count);

 private:
  std::unique_ptr<codecs::record_writer> make_format() const;
  result<void> open_file();
  void gather(const chunk& records, outlet& out);
  result<void> write_prepared(std::string_view text);
  result<void> write_gathered();
  void pack_gathered();
  result<void> put_made();
  result<void> put(std::string_view bytes);

  write_file_options options_;
  context* context_ = nullptr;
  std::optional<output_file> file_;
  std::optional<waiting_writer> fifo_;  // of `file_`, if it is one
  std::unique_ptr<codecs::record_writer> format_;
  std::shared_ptr<text_preparation> preparation_;  // none: nobody makes text ahead
  std::unique_ptr<codecs::packer> packer_;         // none: the file is written as it is
  text_buffer text_;                               // records not yet packed or written
  std::string packed_;                             // packed and not yet written
  bool making_ = false;                            // text, or packing it: not to be undone
  bool finished_ = false;                          // all text is made, and packed
  std::optional<std::uint64_t> writing_from_;      // bytes before the write that is not done
};

}  // namespace weir::sinks
