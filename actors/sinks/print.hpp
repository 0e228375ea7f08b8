#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "actors/codecs/record_writer.hpp"
#include "actors/support/text_preparation.hpp"
#include "actors/support/text_table.hpp"
#include "actors/support/waiting_writer.hpp"
#include "runtime/stage/stage_type.hpp"

namespace weir::sinks {

enum class print_format : std::uint8_t { by_terminal, table, ndjson, csv };

/// Options of `print`. What each means to a user is said once, in print.cpp.
struct print_options {
  print_format format = print_format::by_terminal;
};

/// Writes records to standard output.
///
/// Order:  as they come.
/// Memory: of a table, the rows it makes its columns wide for.
/// Errors: a reader of standard output that has gone ends it without failure.
class print final : public sink {
 public:
  explicit print(const print_options& options) : options_(options) {}

  bool blocks() const override { return true; }
  result<void> open(context& in) override;
  stage_answer consume(const chunk_ptr& records, outlet& out) override;
  stage_answer on_mark(mark what, outlet& out) override;
  result<void> flush() override;

  /// The sink, and those that make its text ahead.
  static std::vector<configured_stage::instance> make_prepared(const print_options& options,
                                                               unsigned count);

 private:
  stage_answer write_gathered();
  stage_answer write(std::string_view text);

  print_options options_;
  std::optional<waiting_writer> writer_;
  std::unique_ptr<codecs::record_writer> format_;
  std::shared_ptr<text_preparation> preparation_;  // none: nobody makes text ahead
  text_buffer text_;
};

}  // namespace weir::sinks
