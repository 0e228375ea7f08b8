#include "actors/codecs/json_index.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <new>

namespace weir::codecs {

struct json_index::parser {
  simdjson::dom::parser stages;
  std::size_t capacity = 0;
  // What is answered for texts in which the first stage finds nothing.
  std::array<std::uint32_t, json_index::ends> nothing{};
  const std::uint32_t* positions = nothing.data();
  std::size_t size = 0;
};

json_index::json_index() : parser_(std::make_unique<parser>()) {}
json_index::~json_index() = default;
json_index::json_index(json_index&&) noexcept = default;
json_index& json_index::operator=(json_index&&) noexcept = default;

bool json_index::build(std::string_view text) {
  if (text.size() > parser_->capacity) {
    const std::size_t capacity = std::max<std::size_t>(text.size() + text.size() / 4, 64 * 1024);
    parser_->capacity = 0;
    if (parser_->stages.allocate(capacity) != simdjson::SUCCESS) throw std::bad_alloc();
    parser_->capacity = capacity;
  }
  const auto length = static_cast<std::uint32_t>(text.size());
  parser_->nothing.fill(length);
  parser_->positions = parser_->nothing.data();
  parser_->size = 0;
  if (text.empty()) return true;
  auto& first_stage = *parser_->stages.implementation;
  const auto code = first_stage.stage1(reinterpret_cast<const std::uint8_t*>(text.data()),
                                       text.size(), simdjson::stage1_mode::regular);
  if (code == simdjson::EMPTY) return is_utf8_fast(text);
  if (code != simdjson::SUCCESS) return false;
  std::uint32_t* positions = first_stage.structural_indexes.get();
  // There is room for seven beside those that the longest text can have, and two.
  std::fill_n(positions + first_stage.n_structural_indexes, ends, length);
  parser_->positions = positions;
  parser_->size = first_stage.n_structural_indexes;
  return true;
}

const std::uint32_t* json_index::positions() const { return parser_->positions; }
std::size_t json_index::size() const { return parser_->size; }

bool is_utf8_fast(std::string_view bytes) {
  return simdjson::validate_utf8(bytes.data(), bytes.size());
}

}  // namespace weir::codecs
