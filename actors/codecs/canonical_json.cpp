#include "actors/codecs/canonical_json.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <iterator>
#include <new>
#include <utility>
#include <vector>

#include "runtime/data/records.hpp"

namespace weir::codecs {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

void append_double(std::string& out, double value) {
  const bool fits = value >= -0x1p63 && value < 0x1p63;
  // A whole double is the same value as the integer.
  if (fits && static_cast<double>(static_cast<std::int64_t>(value)) == value) {
    fmt::format_to(std::back_inserter(out), "{}", static_cast<std::int64_t>(value));
  } else {
    fmt::format_to(std::back_inserter(out), "{}", value);
  }
}

void append_form(std::string& out, element value);

void append_map(std::string& out, const simdjson::dom::object& map) {
  std::vector<std::pair<std::string_view, element>> members;
  for (const auto field : map) members.emplace_back(field.key, field.value);
  std::stable_sort(members.begin(), members.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  out += '{';
  for (const auto& [key, value] : members) {
    if (out.back() != '{') out += ',';
    append_json_string(out, key);
    out += ':';
    append_form(out, value);
  }
  out += '}';
}

void append_list(std::string& out, const simdjson::dom::array& list) {
  out += '[';
  for (const auto item : list) {
    if (out.back() != '[') out += ',';
    append_form(out, item);
  }
  out += ']';
}

void append_form(std::string& out, element value) {
  switch (value.type()) {
    case element_type::OBJECT:
      return append_map(out, value.get_object().value_unsafe());
    case element_type::ARRAY:
      return append_list(out, value.get_array().value_unsafe());
    case element_type::STRING:
      return append_json_string(out, value.get_string().value_unsafe());
    case element_type::INT64:
      fmt::format_to(std::back_inserter(out), "{}", value.get_int64().value_unsafe());
      return;
    case element_type::UINT64:
    case element_type::DOUBLE:
      return append_double(out, value.get_double().value_unsafe());
    case element_type::BOOL:
      out += value.get_bool().value_unsafe() ? "true" : "false";
      return;
    case element_type::NULL_VALUE:
      out += "null";
  }
}

}  // namespace

struct canonical_json::state {
  simdjson::dom::parser parser;
  std::string form;
};

canonical_json::canonical_json() : state_(std::make_unique<state>()) {}
canonical_json::~canonical_json() = default;
canonical_json::canonical_json(canonical_json&&) noexcept = default;
canonical_json& canonical_json::operator=(canonical_json&&) noexcept = default;

std::string_view canonical_json::of(std::string_view text) {
  element root;
  const auto code = state_->parser.parse(text.data(), text.size()).get(root);
  if (code == simdjson::MEMALLOC) throw std::bad_alloc();
  if (code) return text;
  state_->form.clear();
  append_form(state_->form, root);
  return state_->form;
}

}  // namespace weir::codecs
