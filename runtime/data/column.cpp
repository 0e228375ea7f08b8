#include "runtime/data/column.hpp"

#include <algorithm>
#include <unordered_map>

#include "runtime/data/column_builder.hpp"

namespace weir {
namespace {

// A bit for each of `positions`: whether `is_set` of it.
template <class IsSet>
std::shared_ptr<buffer> gather_bits(std::span<const std::uint32_t> positions, IsSet is_set) {
  const std::size_t count = (positions.size() + 63) / 64;
  auto out = std::make_shared<buffer>(count * sizeof(std::uint64_t));
  const auto words = out->as<std::uint64_t>(count);
  std::fill(words.begin(), words.end(), 0);
  for (std::size_t i = 0; i < positions.size(); ++i)
    words[i >> 6] |= static_cast<std::uint64_t>(is_set(positions[i])) << (i & 63);
  return out;
}

template <class T>
std::shared_ptr<buffer> gather_array(std::span<const T> values,
                                     std::span<const std::uint32_t> positions) {
  auto out = std::make_shared<buffer>(positions.size() * sizeof(T));
  const auto array = out->template as<T>(positions.size());
  for (std::size_t i = 0; i < positions.size(); ++i) array[i] = values[positions[i]];
  return out;
}

// Moves the texts that do not fit inline into `to`, which becomes buffer 0.
class text_mover {
 public:
  explicit text_mover(std::size_t bytes) : to_(std::make_shared<buffer>(bytes)) {}

  void move(string_ref& ref, std::span<const buffer_ptr> from) {
    if (ref.is_inline()) return;
    const std::string_view text = ref.in(from);
    std::memcpy(to_->data() + used_, text.data(), text.size());
    ref = string_ref(text, 0, static_cast<std::uint32_t>(used_));
    used_ += text.size();
  }
  std::vector<buffer_ptr> finish() && {
    if (used_ == 0) return {};
    return {std::move(to_)};
  }

 private:
  std::shared_ptr<buffer> to_;
  std::size_t used_ = 0;
};

std::size_t far_bytes(const string_ref& ref) { return ref.is_inline() ? 0 : ref.size(); }

// Texts of the rows that are not null, moved into one buffer of their own.
buffer_ptr gather_refs(const column& from, std::span<const string_ref> refs,
                       std::span<const std::uint32_t> positions, std::vector<buffer_ptr>& data) {
  std::size_t bytes = 0;
  for (const auto p : positions) bytes += from.is_null(p) ? 0 : far_bytes(refs[p]);
  text_mover mover(bytes);
  auto out = std::make_shared<buffer>(positions.size() * sizeof(string_ref));
  const auto array = out->as<string_ref>(positions.size());
  for (std::size_t i = 0; i < positions.size(); ++i) {
    array[i] = from.is_null(positions[i]) ? string_ref() : refs[positions[i]];
    mover.move(array[i], from.data());
  }
  data = std::move(mover).finish();
  return out;
}

buffer_ptr gather_cells(const column& from, std::span<const std::uint32_t> positions,
                        std::vector<buffer_ptr>& data) {
  const auto cells = from.cells();
  std::size_t bytes = 0;
  for (const auto p : positions) bytes += far_bytes(cells[p].text);
  text_mover mover(bytes);
  auto out = gather_array(cells, positions);
  for (auto& c : out->as<cell>(positions.size())) mover.move(c.text, from.data());
  data = std::move(mover).finish();
  return out;
}

// Appends whole columns to one builder; a buffer that several of them share is kept once.
class column_joiner {
 public:
  explicit column_joiner(std::size_t rows) : out_(rows) {}

  void append(const column& from) {
    numbers_.clear();
    for (const auto& data : from.data()) {
      const auto [at, added] = known_.try_emplace(data.get(), 0);
      if (added) at->second = out_.share(data);
      numbers_.push_back(at->second);
    }
    for (std::size_t row = 0; row < from.size(); ++row) append_row(from, row);
  }
  column_ptr finish() { return out_.finish(); }

 private:
  void append_row(const column& from, std::size_t row) {
    const value_view value = from.at(row);
    switch (value.kind) {
      case value_kind::string:
      case value_kind::bytes:
      case value_kind::json: {
        const auto& ref =
            from.storage() == storage_kind::tagged ? from.cells()[row].text : from.strings()[row];
        if (ref.is_inline()) {
          out_.append_text(value.text, value.kind);
        } else {
          out_.append_shared(value.text, numbers_[ref.buffer()], ref.offset(), value.kind);
        }
        break;
      }
      case value_kind::float64:
        append_double(from, row, value);
        break;
      default:
        out_.append(value);
    }
  }

  void append_double(const column& from, std::size_t row, const value_view& value) {
    if (value.text.empty()) {
      out_.append_float64(value.float64);
      return;
    }
    const auto& ref =
        from.storage() == storage_kind::tagged ? from.cells()[row].text : from.number_texts()[row];
    if (ref.is_inline()) {
      out_.append_float64(value.float64, value.text);
    } else {
      out_.append_shared_float64(value.float64, value.text, numbers_[ref.buffer()], ref.offset());
    }
  }

  column_builder out_;
  std::unordered_map<const buffer*, std::uint32_t> known_;
  std::vector<std::uint32_t> numbers_;  // the joined column's number of each buffer at hand
};

}  // namespace

column_ptr column::of(parts from) { return column_ptr(new column(std::move(from))); }

column_ptr column::nulls(std::size_t size) {
  return of({.storage = storage_kind::null, .size = size});
}

value_view column::at(std::size_t row) const {
  value_view value;
  if (is_null(row)) return value;
  switch (parts_.storage) {
    case storage_kind::null:
      break;
    case storage_kind::boolean:
      value.kind = value_kind::boolean;
      value.boolean = boolean(row);
      break;
    case storage_kind::int64:
    case storage_kind::timestamp:
    case storage_kind::duration:
      value.kind = parts_.storage == storage_kind::int64       ? value_kind::int64
                   : parts_.storage == storage_kind::timestamp ? value_kind::timestamp
                                                               : value_kind::duration;
      value.int64 = int64s()[row];
      break;
    case storage_kind::float64:
      value.kind = value_kind::float64;
      value.float64 = float64s()[row];
      if (parts_.texts) value.text = number_texts()[row].in(parts_.data);
      break;
    case storage_kind::string:
    case storage_kind::bytes:
    case storage_kind::json:
      value.kind = parts_.storage == storage_kind::string  ? value_kind::string
                   : parts_.storage == storage_kind::bytes ? value_kind::bytes
                                                           : value_kind::json;
      value.text = string(row);
      break;
    case storage_kind::tagged: {
      const cell& c = cells()[row];
      value.kind = c.kind;
      value.int64 = c.int64;
      value.text = c.text.in(parts_.data);
      break;
    }
  }
  return value;
}

column_ptr gather(const column& from, std::span<const std::uint32_t> positions) {
  column::parts out{.storage = from.storage(), .size = positions.size()};
  if (from.storage() == storage_kind::null) return column::of(std::move(out));
  if (from.validity() != nullptr)
    out.validity = gather_bits(positions, [&](std::uint32_t row) { return !from.is_null(row); });
  switch (from.storage()) {
    case storage_kind::boolean:
      out.values = gather_bits(positions, [&](std::uint32_t row) { return from.boolean(row); });
      break;
    case storage_kind::float64:
      out.values = gather_array(from.float64s(), positions);
      if (const auto texts = from.number_texts(); !texts.empty())
        out.texts = gather_refs(from, texts, positions, out.data);
      break;
    case storage_kind::string:
    case storage_kind::bytes:
    case storage_kind::json:
      out.values = gather_refs(from, from.strings(), positions, out.data);
      break;
    case storage_kind::tagged:
      out.values = gather_cells(from, positions, out.data);
      break;
    default:
      out.values = gather_array(from.int64s(), positions);
  }
  return column::of(std::move(out));
}

column_ptr concatenate(std::span<const column_ptr> columns) {
  if (columns.size() == 1) return columns.front();
  std::size_t rows = 0;
  for (const auto& c : columns) rows += c->size();
  column_joiner out(rows);
  for (const auto& c : columns) out.append(*c);
  return out.finish();
}

}  // namespace weir
