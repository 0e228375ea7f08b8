#include "runtime/data/column_builder.hpp"

#include <algorithm>
#include <utility>

namespace weir {
namespace {

// The first block of a builder's own text; each further one is twice as large, to 256 KiB.
constexpr std::size_t own_first = 1024;
constexpr std::size_t own_most = 256 * 1024;

template <class List>
buffer_ptr pack(const List& values) {
  const std::size_t bytes = values.size() * sizeof(*values.data());
  auto out = std::make_shared<buffer>(bytes);
  if (bytes != 0) std::memcpy(out->data(), values.data(), bytes);
  return out;
}

}  // namespace

column_builder::column_builder(std::size_t rows_expected) : rows_expected_(rows_expected) {}

std::uint32_t column_builder::share(buffer_ptr data) {
  data_.push_back(std::move(data));
  return static_cast<std::uint32_t>(data_.size() - 1);
}

string_ref column_builder::store(std::string_view text) {
  if (text.size() <= string_ref::inline_max) return {text, 0, 0};
  refers_ = true;
  if (!own_ || own_->capacity() - own_used_ < text.size()) {
    const std::size_t next = own_ ? std::min(own_->capacity() * 2, own_most) : own_first;
    own_ = std::make_shared<buffer>(std::max(next, text.size()));
    own_used_ = 0;
    own_number_ = share(own_);
  }
  std::memcpy(own_->data() + own_used_, text.data(), text.size());
  const string_ref ref(text, own_number_, static_cast<std::uint32_t>(own_used_));
  own_used_ += text.size();
  return ref;
}

void column_builder::first_null() {
  has_nulls_ = true;
  valid_.push(true, size_);
}

cell column_builder::tagged_cell(std::size_t row) const {
  cell c;
  if (has_nulls_ && !valid_[row]) return c;
  c.kind = static_cast<value_kind>(storage_);  // no cell was made of a tagged column
  switch (storage_) {
    case storage_kind::boolean:
      c.boolean = booleans_[row];
      break;
    case storage_kind::float64:
      c.float64 = float64s_[row];
      if (has_texts_) c.text = texts_[row];
      break;
    case storage_kind::string:
    case storage_kind::bytes:
    case storage_kind::json:
      c.text = strings_[row];
      break;
    default:
      c.int64 = int64s_[row];
  }
  return c;
}

void column_builder::become_tagged() {
  cells_.reserve(size_ + 1);
  for (std::size_t row = 0; row < size_; ++row) cells_.push_back(tagged_cell(row));
  storage_ = storage_kind::tagged;
}

bool column_builder::take_kind(value_kind kind) {
  if (storage_ == storage_kind::tagged) return false;
  if (storage_ != storage_kind::null) {
    become_tagged();
    return false;
  }
  storage_ = storage_of(kind);
  const auto begin = [&](auto& values) {
    values.reserve(std::max(rows_expected_, size_));
    values.resize(size_);
  };
  switch (storage_) {
    case storage_kind::boolean:
      booleans_.push(false, size_);
      break;
    case storage_kind::float64:
      begin(float64s_);
      break;
    case storage_kind::string:
    case storage_kind::bytes:
    case storage_kind::json:
      begin(strings_);
      break;
    default:
      begin(int64s_);
  }
  return true;
}

// Appends what stands in the place of a null.
void column_builder::append_nothing() {
  switch (storage_) {
    case storage_kind::null:
      break;
    case storage_kind::tagged:
      cells_.emplace_back();
      break;
    case storage_kind::boolean:
      booleans_.push(false);
      break;
    case storage_kind::float64:
      float64s_.push(0);
      if (has_texts_) texts_.push({});
      break;
    case storage_kind::string:
    case storage_kind::bytes:
    case storage_kind::json:
      strings_.push({});
      break;
    default:
      int64s_.push(0);
  }
}

void column_builder::append_cell(cell value, value_kind kind) {
  value.kind = kind;
  cells_.push_back(value);
  mark_valid(true);
}

void column_builder::fill_nulls(std::size_t rows) {
  while (size_ < rows) append_null();
}

// Storage stays as it is: it suits what is left, if perhaps not best.
void column_builder::truncate(std::size_t rows) {
  if (rows >= size_) return;
  size_ = rows;
  const auto shorten = [rows](auto& values) {
    if (values.size() > rows) values.resize(rows);
  };
  if (has_nulls_) valid_.truncate(rows);
  if (storage_ == storage_kind::boolean) booleans_.truncate(rows);
  shorten(int64s_);
  shorten(float64s_);
  shorten(strings_);
  shorten(texts_);
  shorten(cells_);
}

// The numbers so far came without a text.
void column_builder::first_text() {
  has_texts_ = true;
  texts_.reserve(std::max(rows_expected_, size_));
  texts_.resize(size_);
}

void column_builder::append_float64(double value, std::string_view text) {
  append_number_text(value, [&] { return store(text); });
}

void column_builder::append_text(std::string_view text, value_kind kind) {
  append_ref([&] { return store(text); }, kind);
}

column_builder::open_arrays column_builder::open(std::size_t rows) {
  open_arrays out;
  const auto give = [&](auto& values) {
    values.reserve(rows);
    out.rows = values.room();
    return values.data();
  };
  if (storage_ == storage_kind::int64) {
    out.int64s = give(int64s_);
  } else if (storage_ == storage_kind::string) {
    out.strings = give(strings_);
  } else if (storage_ == storage_kind::float64 && has_texts_) {
    out.float64s = give(float64s_);
    const std::size_t numbers = out.rows;
    out.strings = give(texts_);
    out.rows = std::min(out.rows, numbers);
  }
  return out;
}

void column_builder::count(std::size_t rows, bool refer) {
  if (storage_ == storage_kind::int64) {
    int64s_.grow(rows);
  } else if (storage_ == storage_kind::string) {
    strings_.grow(rows);
  } else {
    float64s_.grow(rows);
    texts_.grow(rows);
  }
  refers_ = refers_ || refer;
  if (has_nulls_) valid_.push(true, rows);
  size_ += rows;
}

void column_builder::append(const value_view& value) {
  switch (value.kind) {
    case value_kind::null:
      append_null();
      break;
    case value_kind::boolean:
      append_boolean(value.boolean);
      break;
    case value_kind::int64:
    case value_kind::timestamp:
    case value_kind::duration:
      append_int64(value.int64, value.kind);
      break;
    case value_kind::float64:
      if (value.text.empty()) {
        append_float64(value.float64);
      } else {
        append_float64(value.float64, value.text);
      }
      break;
    case value_kind::string:
    case value_kind::bytes:
    case value_kind::json:
      append_text(value.text, value.kind);
      break;
  }
}

column_ptr column_builder::finish() {
  column::parts out{.storage = storage_, .size = size_};
  if (has_nulls_ && storage_ != storage_kind::null && storage_ != storage_kind::tagged)
    out.validity = pack(valid_.words());
  switch (storage_) {
    case storage_kind::null:
      break;
    case storage_kind::tagged:
      out.values = pack(cells_);
      break;
    case storage_kind::boolean:
      out.values = pack(booleans_.words());
      break;
    case storage_kind::float64:
      out.values = pack(float64s_);
      if (has_texts_) out.texts = pack(texts_);
      break;
    case storage_kind::string:
    case storage_kind::bytes:
    case storage_kind::json:
      out.values = pack(strings_);
      break;
    default:
      out.values = pack(int64s_);
  }
  if (refers_) out.data = std::move(data_);
  rows_expected_ = std::max(rows_expected_, size_);
  size_ = 0;
  storage_ = storage_kind::null;
  has_nulls_ = has_texts_ = refers_ = false;
  valid_.clear();
  booleans_.clear();
  int64s_.clear();
  float64s_.clear();
  strings_.clear();
  texts_.clear();
  cells_.clear();
  data_.clear();
  own_.reset();
  return column::of(std::move(out));
}

}  // namespace weir
