#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/codecs/record_reader.hpp"
#include "runtime/stage/kept_records.hpp"
#include "runtime/stage/stage.hpp"

namespace weir {

/// How a source reads the records of its input.
struct reread_format {
  using header = std::shared_ptr<const std::vector<std::string>>;

  /// A reader for those who want so much of the records.
  std::function<std::unique_ptr<codecs::record_reader>(const column_demand&)> make_reader;
  /// The names that stand before the records of an input; null: none do.
  std::function<result<header>(context&, const std::string& input)> read_header;
};

/// Stands in for a source: reads what that once refused, by the same reader, and refuses what it
/// still can't read as the source would, with the place that it had in its input.
///
/// Order:  as the records were kept.
/// Memory: 256 KiB of them, or one.
/// Errors: the header of an input can't be read any more.
class reread_source final : public source {
 public:
  reread_source(reread_format format, std::shared_ptr<kept_records> from);

  result<void> open(context& in) override;
  stage_answer pull(outlet& out) override;

 private:
  result<reread_format::header> header_of(const std::string& input);

  reread_format format_;
  std::shared_ptr<kept_records> from_;
  context* context_ = nullptr;
  std::unique_ptr<codecs::record_reader> reader_;
  std::map<std::string, reread_format::header> headers_;  // by input
};

}  // namespace weir
