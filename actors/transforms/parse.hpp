#pragma once

#include <memory>
#include <optional>
#include <string>

#include "actors/support/column_parser.hpp"
#include "runtime/config/option_type.hpp"
#include "runtime/stage/stage_type.hpp"

namespace weir::transforms {

enum class parse_format : std::uint8_t { regex, json, apache_combined };
enum class parse_mismatch : std::uint8_t { reject, pass };

/// Options of `parse`. What each means to a user is said once, in parse.cpp.
struct parse_options {
  column_path column{{"line"}};
  parse_format format = parse_format::regex;
  std::optional<std::string> regex;
  named<column_type> types;
  bool keep = false;
  parse_mismatch on_mismatch = parse_mismatch::reject;
};

/// Makes columns of what stands in the text of one.
///
/// Order:  records leave in the order they came; keys as they came, new ones last.
/// Memory: new texts share the buffers of the text they stand in, other columns those of the input.
/// Errors: rejects single records; never fails the pipeline.
class parse final : public transform {
 public:
  explicit parse(const parse_options& options) : options_(options) {}

  result<void> open(context& in) override;
  stage_answer process(port_number port, const chunk_ptr& records, outlet& out) override;

 private:
  chunk_ptr with_columns(const chunk_ptr& records, const parsed_texts& parsed) const;

  parse_options options_;
  std::unique_ptr<column_parser> parser_;
};

stage_type parse_stage();

}  // namespace weir::transforms
