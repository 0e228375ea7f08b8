#include "runtime/data/column_builder.hpp"

#include <algorithm>
#include <utility>

namespace weir {
namespace {

// The first block of a builder's own text; each further one is twice as large, to 256 KiB.
constexpr std::size_t own_first = 1024;
constexpr std::size_t own_most = 256 * 1024;

storage_kind storage_of(value_kind kind) {
  switch (kind) {
    case value_kind::null:
      return storage_kind::null;
    case value_kind::boolean:
      return storage_kind::boolean;
    case value_kind::int64:
      return storage_kind::int64;
    case value_kind::float64:
      return storage_kind::float64;
    case value_kind::timestamp:
      return storage_kind::timestamp;
    case value_kind::duration:
      return storage_kind::duration;
    case value_kind::string:
      return storage_kind::string;
    case value_kind::bytes:
      return storage_kind::bytes;
    case value_kind::json:
      return storage_kind::json;
  }
  return storage_kind::null;
}

value_kind kind_in(storage_kind storage) {
  switch (storage) {
    case storage_kind::boolean:
      return value_kind::boolean;
    case storage_kind::int64:
      return value_kind::int64;
    case storage_kind::float64:
      return value_kind::float64;
    case storage_kind::timestamp:
      return value_kind::timestamp;
    case storage_kind::duration:
      return value_kind::duration;
    case storage_kind::string:
      return value_kind::string;
    case storage_kind::bytes:
      return value_kind::bytes;
    case storage_kind::json:
      return value_kind::json;
    case storage_kind::null:
    case storage_kind::tagged:
      return value_kind::null;
  }
  return value_kind::null;
}

template <class T>
buffer_ptr pack(const std::vector<T>& values) {
  auto out = std::make_shared<buffer>(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(out->data(), values.data(), values.size() * sizeof(T));
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
  c.kind = kind_in(storage_);
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

// Settles the storage for a value of `kind` that is about to be appended.
void column_builder::take_kind(value_kind kind) {
  const storage_kind wanted = storage_of(kind);
  if (storage_ == wanted || storage_ == storage_kind::tagged) return;
  if (storage_ != storage_kind::null) {
    become_tagged();
    return;
  }
  storage_ = wanted;
  const auto begin = [&](auto& values) {
    values.reserve(std::max(rows_expected_, size_));
    values.resize(size_);
  };
  switch (wanted) {
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
}

void column_builder::append_null() {
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
      float64s_.push_back(0);
      if (has_texts_) texts_.emplace_back();
      break;
    case storage_kind::string:
    case storage_kind::bytes:
    case storage_kind::json:
      strings_.emplace_back();
      break;
    default:
      int64s_.push_back(0);
  }
  mark_valid(false);
}

void column_builder::fill_nulls(std::size_t rows) {
  while (size_ < rows) append_null();
}

void column_builder::append_boolean(bool value) {
  take_kind(value_kind::boolean);
  if (storage_ == storage_kind::tagged) {
    cell c;
    c.kind = value_kind::boolean;
    c.boolean = value;
    cells_.push_back(c);
  } else {
    booleans_.push(value);
  }
  mark_valid(true);
}

void column_builder::append_int64(std::int64_t value, value_kind kind) {
  take_kind(kind);
  if (storage_ == storage_kind::tagged) {
    cell c;
    c.kind = kind;
    c.int64 = value;
    cells_.push_back(c);
  } else {
    int64s_.push_back(value);
  }
  mark_valid(true);
}

void column_builder::append_float64(double value) {
  take_kind(value_kind::float64);
  if (storage_ == storage_kind::tagged) {
    cell c;
    c.kind = value_kind::float64;
    c.float64 = value;
    cells_.push_back(c);
  } else {
    float64s_.push_back(value);
    if (has_texts_) texts_.emplace_back();
  }
  mark_valid(true);
}

void column_builder::append_number_text(double value, const string_ref& ref) {
  append_float64(value);
  if (storage_ == storage_kind::tagged) {
    cells_.back().text = ref;
    return;
  }
  has_texts_ = true;
  texts_.resize(size_);
  texts_.back() = ref;
}

void column_builder::append_float64(double value, std::string_view text) {
  append_number_text(value, store(text));
}

void column_builder::append_shared_float64(double value, std::string_view text,
                                           std::uint32_t buffer, std::uint32_t offset) {
  refers_ = refers_ || text.size() > string_ref::inline_max;
  append_number_text(value, string_ref(text, buffer, offset));
}

void column_builder::append_ref(const string_ref& ref, value_kind kind) {
  take_kind(kind);
  if (storage_ == storage_kind::tagged) {
    cell c;
    c.kind = kind;
    c.text = ref;
    cells_.push_back(c);
  } else {
    strings_.push_back(ref);
  }
  mark_valid(true);
}

void column_builder::append_text(std::string_view text, value_kind kind) {
  append_ref(store(text), kind);
}

void column_builder::append_shared(std::string_view text, std::uint32_t buffer,
                                   std::uint32_t offset, value_kind kind) {
  refers_ = refers_ || text.size() > string_ref::inline_max;
  append_ref(string_ref(text, buffer, offset), kind);
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
