#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "actors/support/column_generator.hpp"
#include "runtime/stage/stage_type.hpp"

namespace weir::sources {

enum class generate_preset : std::uint8_t { none, access_log };

/// Options of `generate`. What each means to a user is said once, in generate.cpp.
struct generate_options {
  std::optional<std::uint64_t> count;
  std::optional<double> rate;
  std::optional<std::uint64_t> seed;
  generate_preset preset = generate_preset::none;
  named<generator_option> columns;
};

/// Invents records.
///
/// Order:  the n-th record depends on the options alone.
/// Memory: the distinct texts of its columns.
/// Time:   never waits; with a rate it is called again when records are due.
class generate final : public source {
 public:
  explicit generate(const generate_options& options) : options_(options) {}

  result<void> open(context& in) override;
  stage_answer pull(outlet& out) override;

 private:
  void add(field about, std::unique_ptr<column_generator> maker);
  std::uint64_t due() const;
  time_point time_of(std::uint64_t record) const;

  generate_options options_;
  context* context_ = nullptr;
  time_point began_;
  std::uint64_t made_ = 0;
  std::uint32_t chunk_rows_ = 0;
  std::vector<field> fields_;
  std::vector<std::unique_ptr<column_generator>> makers_;
  schema_ptr schema_;
};

stage_type generate_stage();

}  // namespace weir::sources
