#include "runtime/expression/json_path.hpp"

#include <simdjson.h>

#include <new>

#include "runtime/base/number.hpp"
#include "runtime/data/buffer.hpp"
#include "runtime/data/json_text.hpp"
#include "runtime/expression/scalar.hpp"

namespace weir {
namespace {

namespace ondemand = simdjson::ondemand;

static_assert(simdjson::SIMDJSON_PADDING <= buffer::padding);

// A text that there is no memory to read is none that can't be read.
void require_memory(simdjson::error_code code) {
  if (code == simdjson::MEMALLOC) throw std::bad_alloc();
}

// What is missing is null, not a mistake: a key, a position, or a step into what has none.
bool is_missing(simdjson::error_code code) {
  return code == simdjson::NO_SUCH_FIELD || code == simdjson::INDEX_OUT_OF_BOUNDS ||
         code == simdjson::INCORRECT_TYPE;
}

// The key as it stands, if it has no escapes: then nothing has to be copied. Whether it has is seen
// before its closing quote, which is there: the library has looked for it.
bool plain_key(const ondemand::field& field, std::string_view& key) {
  const char* begin = field.key().raw();
  const char* end = begin;
  for (; *end != '"'; ++end)
    if (*end == '\\') return false;
  key = {begin, static_cast<std::size_t>(end - begin)};
  return true;
}

simdjson::error_code enter(ondemand::value& value, const json_step& step) {
  if (step.position) {
    if (*step.position < 0) return simdjson::INDEX_OUT_OF_BOUNDS;
    ondemand::array list;
    if (const auto code = value.get_array().get(list)) return code;
    return list.at(static_cast<std::size_t>(*step.position)).get(value);
  }
  ondemand::object map;
  if (const auto code = value.get_object().get(map)) return code;
  // Keys are compared without their escapes, so the library's own search does not do.
  for (auto found : map) {
    ondemand::field field;
    if (const auto code = std::move(found).get(field)) return code;
    std::string_view key;
    if (!plain_key(field, key))
      if (const auto code = field.unescaped_key().get(key)) return code;
    if (key == step.key) {
      value = field.value();
      return simdjson::SUCCESS;
    }
  }
  return simdjson::NO_SUCH_FIELD;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\n\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\n\r") - begin + 1);
}

// By the text alone: what is whole and fits is an int64.
bool take_number(std::string_view text, value_view& out) {
  if (!is_json_number(text)) return false;
  if (const auto whole = parse_int64(text)) {
    out.kind = value_kind::int64;
    out.int64 = *whole;
    return true;
  }
  const auto number = parse_float64(text);
  if (!number) return false;
  out.kind = value_kind::float64;
  out.float64 = *number;
  out.text = text;
  return true;
}

simdjson::error_code take(ondemand::value value, value_view& out) {
  ondemand::json_type type{};
  if (const auto code = value.type().get(type)) return code;
  switch (type) {
    case ondemand::json_type::array: {
      out.kind = value_kind::json;
      ondemand::array list;
      if (const auto code = value.get_array().get(list)) return code;
      return list.raw_json().get(out.text);
    }
    case ondemand::json_type::object: {
      out.kind = value_kind::json;
      ondemand::object map;
      if (const auto code = value.get_object().get(map)) return code;
      return map.raw_json().get(out.text);
    }
    case ondemand::json_type::string:
      out.kind = value_kind::string;
      return value.get_string().get(out.text);
    case ondemand::json_type::boolean: {
      out.kind = value_kind::boolean;
      bool is_true = false;
      const auto code = value.get_bool().get(is_true);
      out.boolean = is_true;
      return code;
    }
    case ondemand::json_type::number:
      return take_number(trimmed(value.raw_json_token()), out) ? simdjson::SUCCESS
                                                               : simdjson::NUMBER_ERROR;
    case ondemand::json_type::null:
      return value.is_null() ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
  }
  return simdjson::TAPE_ERROR;
}

bool same_value(simdjson::dom::element a, simdjson::dom::element b);

bool same_numbers(simdjson::dom::element a, simdjson::dom::element b) {
  const bool a_whole = a.is_int64();
  const bool b_whole = b.is_int64();
  if (a_whole && b_whole) return a.get_int64().value_unsafe() == b.get_int64().value_unsafe();
  // Integers beyond 64 bits are doubles, here as everywhere.
  const double x = a.get_double().value_unsafe();
  const double y = b.get_double().value_unsafe();
  if (a_whole) return compare_numbers(a.get_int64().value_unsafe(), y) == 0;
  if (b_whole) return compare_numbers(b.get_int64().value_unsafe(), x) == 0;
  return x == y;
}

bool same_maps(const simdjson::dom::object& a, const simdjson::dom::object& b) {
  if (a.size() != b.size()) return false;
  for (const auto field : a) {
    simdjson::dom::element other;
    if (b.at_key(field.key).get(other) || !same_value(field.value, other)) return false;
  }
  return true;
}

bool same_lists(const simdjson::dom::array& a, const simdjson::dom::array& b) {
  if (a.size() != b.size()) return false;
  auto other = b.begin();
  for (const auto item : a) {
    if (!same_value(item, *other)) return false;
    ++other;
  }
  return true;
}

bool same_value(simdjson::dom::element a, simdjson::dom::element b) {
  if (a.is_number() && b.is_number()) return same_numbers(a, b);
  if (a.type() != b.type()) return false;
  switch (a.type()) {
    case simdjson::dom::element_type::OBJECT:
      return same_maps(a.get_object().value_unsafe(), b.get_object().value_unsafe());
    case simdjson::dom::element_type::ARRAY:
      return same_lists(a.get_array().value_unsafe(), b.get_array().value_unsafe());
    case simdjson::dom::element_type::STRING:
      return a.get_string().value_unsafe() == b.get_string().value_unsafe();
    case simdjson::dom::element_type::BOOL:
      return a.get_bool().value_unsafe() == b.get_bool().value_unsafe();
    default:
      return true;
  }
}

}  // namespace

struct json_reader::state {
  ondemand::parser parser;

  simdjson::error_code open(std::string_view text, ondemand::document& document,
                            ondemand::value& root) {
    const simdjson::padded_string_view padded(text.data(), text.size(),
                                              text.size() + simdjson::SIMDJSON_PADDING);
    const auto code = parser.iterate(padded).get(document);
    require_memory(code);
    if (code) return code;
    return document.get_value().get(root);
  }
};

json_reader::json_reader() : state_(std::make_unique<state>()) {}
json_reader::~json_reader() = default;

std::optional<value_view> json_reader::find(std::string_view text,
                                            std::span<const json_step> path) {
  ondemand::document document;
  ondemand::value value;
  if (state_->open(text, document, value)) return std::nullopt;
  for (const auto& step : path)
    if (const auto code = enter(value, step)) {
      if (is_missing(code)) return value_view();
      return std::nullopt;
    }
  value_view out;
  if (take(value, out)) return std::nullopt;
  return out;
}

std::optional<std::int64_t> json_reader::size(std::string_view text) {
  ondemand::document document;
  ondemand::value value;
  if (state_->open(text, document, value)) return std::nullopt;
  std::size_t count = 0;
  ondemand::array list;
  ondemand::object map;
  if (!value.get_array().get(list)) {
    if (list.count_elements().get(count)) return std::nullopt;
  } else if (value.get_object().get(map) || map.count_fields().get(count)) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(count);
}

bool json_reader::each(std::string_view text, const std::function<bool(const value_view&)>& visit) {
  ondemand::document document;
  ondemand::value value;
  if (state_->open(text, document, value)) return false;
  ondemand::array list;
  if (!value.get_array().get(list)) {
    for (auto item : list) {
      ondemand::value found;
      value_view view;
      if (item.get(found) || take(found, view)) return false;
      if (!visit(view)) return true;
    }
    return true;
  }
  ondemand::object map;
  if (value.get_object().get(map)) return false;
  for (auto field : map) {
    value_view view;
    view.kind = value_kind::string;
    if (field.unescaped_key().get(view.text)) return false;
    if (!visit(view)) return true;
  }
  return true;
}

std::optional<bool> json_reader::any(std::string_view text,
                                     const std::function<bool(const value_view&)>& wanted) {
  bool found = false;
  const bool read = each(text, [&](const value_view& item) {
    found = wanted(item);
    return !found;
  });
  if (!read) return std::nullopt;
  return found;
}

bool json_equal(std::string_view a, std::string_view b) {
  if (a == b) return true;
  simdjson::dom::parser first, second;
  simdjson::dom::element x, y;
  // What the library can't read (an integer of 30 digits) is equal only as text.
  for (const auto code : {first.parse(a.data(), a.size(), false).get(x),
                          second.parse(b.data(), b.size(), false).get(y)}) {
    require_memory(code);
    if (code) return false;
  }
  return same_value(x, y);
}

std::optional<std::string> json_join_lists(std::string_view a, std::string_view b) {
  a = trimmed(a);
  b = trimmed(b);
  if (!a.starts_with('[') || !b.starts_with('[')) return std::nullopt;
  const auto first = trimmed(a.substr(1, a.size() - 2));
  const auto second = trimmed(b.substr(1, b.size() - 2));
  std::string joined = "[";
  joined += first;
  if (!first.empty() && !second.empty()) joined += ',';
  joined += second;
  return joined + ']';
}

}  // namespace weir
