#include "runtime/expression/series.hpp"

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

constexpr std::size_t block_first = 1024;
constexpr std::size_t block_most = 256 * 1024;

// A byte a row from a bit a row.
void widen_bits(const std::uint64_t* bits, std::size_t rows, std::uint8_t flip, std::uint8_t* out) {
  for (std::size_t row = 0; row < rows; ++row)
    out[row] = static_cast<std::uint8_t>((bits[row >> 6] >> (row & 63) & 1) ^ flip);
}

// A bit a row from a byte a row: set where it equals `wanted`.
buffer_ptr pack_bytes(const std::uint8_t* bytes, std::size_t rows, std::uint8_t wanted) {
  const std::size_t words = (rows + 63) / 64;
  auto out = std::make_shared<buffer>(words * 8);
  const auto array = out->as<std::uint64_t>(words);
  for (std::size_t word = 0; word < words; ++word) {
    std::uint64_t bits = 0;
    const std::size_t end = std::min<std::size_t>(64, rows - word * 64);
    for (std::size_t i = 0; i < end; ++i)
      bits |= static_cast<std::uint64_t>(bytes[word * 64 + i] == wanted) << i;
    array[word] = bits;
  }
  return out;
}

std::size_t width_of(storage_kind storage) {
  switch (storage) {
    case storage_kind::null:
      return 0;
    case storage_kind::boolean:
      return 1;
    case storage_kind::int64:
    case storage_kind::float64:
    case storage_kind::timestamp:
    case storage_kind::duration:
      return 8;
    case storage_kind::string:
    case storage_kind::bytes:
    case storage_kind::json:
      return sizeof(string_ref);
    case storage_kind::tagged:
      return sizeof(cell);
  }
  return 0;
}

bool comes_before(const evaluated::record_error& a, const evaluated::record_error& b) {
  return a.row < b.row;
}

// Both by row; of two for one row the first operand's.
std::vector<evaluated::record_error> join_errors(
    std::vector<evaluated::record_error> first,
    const std::vector<evaluated::record_error>& second) {
  if (second.empty()) return first;
  if (first.empty()) return second;
  std::vector<evaluated::record_error> out;
  std::set_union(first.begin(), first.end(), second.begin(), second.end(), std::back_inserter(out),
                 comes_before);
  return out;
}

// The bytes at `array`: the series' own buffer where it is one, else a copy.
buffer_ptr array_as_buffer(const series& from, const void* array, std::size_t bytes) {
  for (const auto& b : from.kept)
    if (b->data() == array) return b;
  return copy_to_buffer({static_cast<const char*>(array), bytes});
}

// A constant is spread over the rows.
column_ptr spread(const value_view& value, std::size_t rows) {
  column::parts out{.storage = storage_of(value.kind), .size = rows};
  if (value.kind == value_kind::null) return column::of(std::move(out));
  if (value.kind == value_kind::boolean) {
    const std::size_t words = (rows + 63) / 64;
    auto bits = std::make_shared<buffer>(words * 8);
    std::memset(bits->data(), value.boolean ? 0xFF : 0, words * 8);
    out.values = std::move(bits);
    return column::of(std::move(out));
  }
  auto array = std::make_shared<buffer>(rows * width_of(out.storage));
  if (is_textual(out.storage)) {
    if (value.text.size() > string_ref::inline_max) out.data = {copy_to_buffer(value.text)};
    const auto refs = array->as<string_ref>(rows);
    std::fill(refs.begin(), refs.end(), string_ref(value.text, 0, 0));
  } else if (value.kind == value_kind::float64) {
    const auto numbers = array->as<double>(rows);
    std::fill(numbers.begin(), numbers.end(), value.float64);
  } else {
    const auto numbers = array->as<std::int64_t>(rows);
    std::fill(numbers.begin(), numbers.end(), value.int64);
  }
  out.values = std::move(array);
  return column::of(std::move(out));
}

}  // namespace

bool row_set::covers(const row_set& other) const {
  if (all() || selection_ == other.selection_) return true;
  if (other.all()) return size() == rows_;
  return size() >= other.size() &&
         std::includes(selection_->begin(), selection_->end(), other.selection_->begin(),
                       other.selection_->end());
}

bool is_textual(storage_kind storage) {
  return storage == storage_kind::string || storage == storage_kind::bytes ||
         storage == storage_kind::json;
}

storage_kind storage_of(value_kind kind) {
  constexpr storage_kind storages[] = {
      storage_kind::null,    storage_kind::boolean,   storage_kind::int64,
      storage_kind::float64, storage_kind::timestamp, storage_kind::duration,
      storage_kind::string,  storage_kind::bytes,     storage_kind::json};
  return storages[static_cast<std::size_t>(kind)];
}

value_kind kind_in(storage_kind storage) {
  for (int kind = 0; kind <= static_cast<int>(value_kind::json); ++kind)
    if (storage_of(static_cast<value_kind>(kind)) == storage) return static_cast<value_kind>(kind);
  return value_kind::null;
}

value_view series::at(std::size_t row) const {
  value_view value;
  const std::size_t at = constant ? 0 : row;
  if (state(at) != 0) return value;
  value.kind = kind_in(storage);
  switch (storage) {
    case storage_kind::null:
      break;
    case storage_kind::boolean:
      value.boolean = array<std::uint8_t>()[at] != 0;
      break;
    case storage_kind::float64:
      value.float64 = array<double>()[at];
      if (number_texts != nullptr) value.text = number_texts[at].in(data);
      break;
    case storage_kind::string:
    case storage_kind::bytes:
    case storage_kind::json:
      value.text = text(at);
      break;
    case storage_kind::tagged: {
      const cell& c = array<cell>()[at];
      value.kind = c.kind;
      if (c.kind == value_kind::boolean) {
        value.boolean = c.boolean;
      } else {
        value.int64 = c.int64;
      }
      value.text = c.text.in(data);
      break;
    }
    default:
      value.int64 = array<std::int64_t>()[at];
  }
  return value;
}

series series_of(const column_ptr& from) {
  series out;
  out.source = from;
  out.storage = from->storage();
  out.data = from->data();
  const std::size_t rows = from->size();
  switch (out.storage) {
    case storage_kind::null:
      return out;
    case storage_kind::boolean: {
      auto* bytes = make_array<std::uint8_t>(out, rows);
      for (std::size_t row = 0; row < rows; ++row) bytes[row] = from->boolean(row) ? 1 : 0;
      out.values = bytes;
      break;
    }
    case storage_kind::float64:
      out.values = from->float64s().data();
      if (const auto texts = from->number_texts(); !texts.empty()) out.number_texts = texts.data();
      break;
    case storage_kind::string:
    case storage_kind::bytes:
    case storage_kind::json:
      out.values = from->strings().data();
      break;
    case storage_kind::tagged: {
      const auto cells = from->cells();
      auto* states = make_array<std::uint8_t>(out, rows);
      for (std::size_t row = 0; row < rows; ++row)
        states[row] = cells[row].kind == value_kind::null ? state_null : std::uint8_t{0};
      out.values = cells.data();
      out.states = states;
      return out;
    }
    default:
      out.values = from->int64s().data();
  }
  if (from->validity() != nullptr) {
    auto* states = make_array<std::uint8_t>(out, rows);
    widen_bits(from->validity(), rows, state_null, states);
    out.states = states;
  }
  return out;
}

series constant_of(const value_view& value) {
  series out;
  out.constant = true;
  out.storage = storage_of(value.kind);
  switch (value.kind) {
    case value_kind::null:
      break;
    case value_kind::boolean: {
      auto* byte = make_array<std::uint8_t>(out, 1);
      *byte = value.boolean ? 1 : 0;
      out.values = byte;
      break;
    }
    case value_kind::string:
    case value_kind::bytes:
    case value_kind::json: {
      text_arena arena;
      auto* ref = make_array<string_ref>(out, 1);
      *ref = arena.store(value.text);
      arena.keep_in(out);
      out.values = ref;
      break;
    }
    case value_kind::float64: {
      auto* number = make_array<double>(out, 1);
      *number = value.float64;
      out.values = number;
      break;
    }
    default: {
      auto* number = make_array<std::int64_t>(out, 1);
      *number = value.int64;
      out.values = number;
    }
  }
  return out;
}

namespace {

template <class T>
void gather_values(const series& from, std::span<const std::uint32_t> rows, series& out) {
  auto* values = make_array<T>(out, rows.size());
  const T* all = from.array<T>();
  for (std::size_t i = 0; i < rows.size(); ++i) values[i] = all[rows[i]];
  out.values = values;
}

}  // namespace

series gathered(const series& from, std::span<const std::uint32_t> rows) {
  if (from.constant) return from;
  series out;
  out.storage = from.storage;
  out.data = from.data;
  switch (from.storage) {
    case storage_kind::null:
      break;
    case storage_kind::boolean:
      gather_values<std::uint8_t>(from, rows, out);
      break;
    case storage_kind::float64:
      gather_values<double>(from, rows, out);
      break;
    case storage_kind::string:
    case storage_kind::bytes:
    case storage_kind::json:
      gather_values<string_ref>(from, rows, out);
      break;
    case storage_kind::tagged:
      gather_values<cell>(from, rows, out);
      break;
    default:
      gather_values<std::int64_t>(from, rows, out);
  }
  if (from.number_texts != nullptr) {
    auto* texts = make_array<string_ref>(out, rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) texts[i] = from.number_texts[rows[i]];
    out.number_texts = texts;
  }
  if (from.states != nullptr) {
    auto* states = make_array<std::uint8_t>(out, rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) states[i] = from.states[rows[i]];
    out.states = states;
  }
  return out;
}

series restricted(series from, const row_set& rows) {
  if (from.errors.empty() || rows.all()) return from;
  std::vector<evaluated::record_error> asked;
  auto error = from.errors.begin();
  rows.each([&](std::uint32_t row) {
    while (error != from.errors.end() && error->row < row) ++error;
    if (error != from.errors.end() && error->row == row) asked.push_back(*error);
  });
  from.errors = std::move(asked);
  return from;
}

std::uint8_t* own_states(series& out, const row_set& rows) {
  auto* states = make_array<std::uint8_t>(out, rows.rows());
  if (out.states != nullptr) {
    std::memcpy(states, out.states, rows.rows());
  } else {
    std::memset(states, out.storage == storage_kind::null ? state_null : 0, rows.rows());
  }
  out.states = states;
  return states;
}

void join_states(series& out, std::span<const series* const> operands, const row_set& rows) {
  std::uint8_t* joined = nullptr;
  for (const series* operand : operands) {
    const bool is_null = operand->storage == storage_kind::null && operand->states == nullptr;
    if (operand->states == nullptr && !is_null) continue;
    if (joined == nullptr) {
      joined = make_array<std::uint8_t>(out, rows.rows());
      std::memset(joined, 0, rows.rows());
    }
    if (is_null) {
      rows.each([&](std::uint32_t row) { joined[row] |= state_null; });
    } else {
      const std::uint8_t* states = operand->states;
      rows.each([&](std::uint32_t row) { joined[row] |= states[row]; });
    }
    out.errors = join_errors(std::move(out.errors), operand->errors);
  }
  if (joined != nullptr) out.states = joined;
}

series nulls_of(std::span<const series* const> operands, const row_set& rows) {
  series out;
  join_states(out, operands, rows);
  if (out.states == nullptr) return out;
  std::uint8_t* states = own_states(out, rows);
  rows.each([&](std::uint32_t row) { states[row] |= state_null; });
  return out;
}

void add_errors(series& out, std::vector<evaluated::record_error> errors, const row_set& rows) {
  if (errors.empty()) return;
  std::uint8_t* states = own_states(out, rows);
  for (const auto& e : errors) states[e.row] |= state_error;
  out.errors.insert(out.errors.end(), std::make_move_iterator(errors.begin()),
                    std::make_move_iterator(errors.end()));
  std::sort(out.errors.begin(), out.errors.end(), comes_before);
}

column_ptr to_column(const series& from, const row_set& rows) {
  if (from.source && from.errors.empty()) return from.source;
  if (from.constant) return spread(from.at(0), rows.rows());
  column::parts out{.storage = from.storage, .size = rows.rows()};
  if (from.storage == storage_kind::null) return column::of(std::move(out));
  if (from.storage == storage_kind::boolean) {
    out.values = pack_bytes(from.array<std::uint8_t>(), rows.rows(), 1);
  } else {
    out.values = array_as_buffer(from, from.values, rows.rows() * width_of(from.storage));
  }
  if (from.number_texts != nullptr)
    out.texts = array_as_buffer(from, from.number_texts, rows.rows() * sizeof(string_ref));
  if (is_textual(from.storage) || from.storage == storage_kind::tagged || out.texts)
    out.data.assign(from.data.begin(), from.data.end());
  if (from.storage == storage_kind::tagged) return column::of(std::move(out));
  if (!rows.all()) {
    // What was not asked for becomes null, so that nobody meets what happens to lie there.
    auto valid = std::vector<std::uint8_t>(rows.rows(), 0);
    rows.each([&](std::uint32_t row) { valid[row] = from.state(row) == 0 ? 1 : 0; });
    out.validity = pack_bytes(valid.data(), rows.rows(), 1);
  } else if (from.states != nullptr) {
    out.validity = pack_bytes(from.states, rows.rows(), 0);
  }
  return column::of(std::move(out));
}

string_ref text_arena::store(std::string_view first, std::string_view second) {
  const std::size_t size = first.size() + second.size();
  if (!last_ || last_->capacity() - used_ < size) {
    const std::size_t next = last_ ? std::min(last_->capacity() * 2, block_most) : block_first;
    last_ = std::make_shared<buffer>(std::max(next, size));
    blocks_.push_back(last_);
    used_ = 0;
  }
  char* to = last_->data() + used_;
  if (!first.empty()) std::memcpy(to, first.data(), first.size());
  if (!second.empty()) std::memcpy(to + first.size(), second.data(), second.size());
  const string_ref ref({to, size}, static_cast<std::uint32_t>(blocks_.size() - 1),
                       static_cast<std::uint32_t>(used_));
  // An inline text does not need its copy.
  if (size > string_ref::inline_max) used_ += size;
  return ref;
}

void text_arena::keep_in(series& owner) {
  owner.kept_data = std::make_shared<const std::vector<buffer_ptr>>(std::move(blocks_));
  owner.data = *owner.kept_data;
}

}  // namespace weir
