#include "runtime/data/column.hpp"

#include <algorithm>

#include "runtime/base/check.hpp"
#include "runtime/data/column_builder.hpp"

namespace weir {
namespace {

bool has_strings(storage_kind storage) {
  return storage == storage_kind::string || storage == storage_kind::bytes ||
         storage == storage_kind::json;
}

std::size_t words_for(std::size_t bits) { return (bits + 63) / 64; }

std::shared_ptr<buffer> gather_bits(const char* from, std::span<const std::uint32_t> positions) {
  auto out = std::make_shared<buffer>(words_for(positions.size()) * 8);
  const auto words = out->as<std::uint64_t>(words_for(positions.size()));
  std::fill(words.begin(), words.end(), 0);
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const auto p = positions[i];
    const auto value = static_cast<unsigned char>(from[p >> 3]) >> (p & 7) & 1U;
    words[i >> 6] |= static_cast<std::uint64_t>(value) << (i & 63);
  }
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

}  // namespace

column_ptr column::of(parts from) { return column_ptr(new column(std::move(from))); }

column_ptr column::nulls(std::size_t size) {
  return of({.storage = storage_kind::null, .size = size});
}

value_view column::at(std::size_t row) const {
  value_view value;
  if (is_null(row)) return value;
  switch (parts_.storage) {
    case storage_kind::null: break;
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
    out.validity = gather_bits(reinterpret_cast<const char*>(from.validity()), positions);
  const auto valid = [&](std::uint32_t row) { return !from.is_null(row); };
  if (from.storage() == storage_kind::boolean) {
    auto bits = std::make_shared<buffer>(words_for(positions.size()) * 8);
    const auto words = bits->as<std::uint64_t>(words_for(positions.size()));
    std::fill(words.begin(), words.end(), 0);
    for (std::size_t i = 0; i < positions.size(); ++i)
      words[i >> 6] |= static_cast<std::uint64_t>(from.boolean(positions[i])) << (i & 63);
    out.values = std::move(bits);
  } else if (has_strings(from.storage())) {
    const auto refs = from.strings();
    std::size_t bytes = 0;
    for (const auto p : positions) bytes += valid(p) ? far_bytes(refs[p]) : 0;
    text_mover mover(bytes);
    auto values = std::make_shared<buffer>(positions.size() * sizeof(string_ref));
    const auto array = values->as<string_ref>(positions.size());
    for (std::size_t i = 0; i < positions.size(); ++i) {
      array[i] = valid(positions[i]) ? refs[positions[i]] : string_ref();
      mover.move(array[i], from.data());
    }
    out.values = std::move(values);
    out.data = std::move(mover).finish();
  } else if (from.storage() == storage_kind::tagged) {
    const auto cells = from.cells();
    std::size_t bytes = 0;
    for (const auto p : positions) bytes += far_bytes(cells[p].text);
    text_mover mover(bytes);
    auto values = gather_array(cells, positions);
    for (auto& c : values->as<cell>(positions.size())) mover.move(c.text, from.data());
    out.values = std::move(values);
    out.data = std::move(mover).finish();
  } else if (from.storage() == storage_kind::float64) {
    out.values = gather_array(from.float64s(), positions);
    if (const auto texts = from.number_texts(); !texts.empty()) {
      std::size_t bytes = 0;
      for (const auto p : positions) bytes += valid(p) ? far_bytes(texts[p]) : 0;
      text_mover mover(bytes);
      auto moved = std::make_shared<buffer>(positions.size() * sizeof(string_ref));
      const auto array = moved->as<string_ref>(positions.size());
      for (std::size_t i = 0; i < positions.size(); ++i) {
        array[i] = valid(positions[i]) ? texts[positions[i]] : string_ref();
        mover.move(array[i], from.data());
      }
      out.texts = std::move(moved);
      out.data = std::move(mover).finish();
    }
  } else {
    out.values = gather_array(from.int64s(), positions);
  }
  return column::of(std::move(out));
}

column_ptr concatenate(std::span<const column_ptr> columns) {
  if (columns.size() == 1) return columns.front();
  std::size_t rows = 0;
  for (const auto& c : columns) rows += c->size();
  column_builder out(rows);
  for (const auto& c : columns) {
    std::vector<std::uint32_t> numbers;
    for (const auto& data : c->data()) numbers.push_back(out.share(data));
    const auto append_ref = [&](const string_ref& ref, std::string_view text, value_kind kind) {
      if (ref.is_inline()) {
        out.append_text(text, kind);
      } else {
        out.append_shared(text, numbers[ref.buffer()], ref.offset(), kind);
      }
    };
    for (std::size_t row = 0; row < c->size(); ++row) {
      const value_view value = c->at(row);
      const bool tagged = c->storage() == storage_kind::tagged;
      switch (value.kind) {
        case value_kind::string:
        case value_kind::bytes:
        case value_kind::json:
          append_ref(tagged ? c->cells()[row].text : c->strings()[row], value.text, value.kind);
          break;
        case value_kind::float64: {
          if (value.text.empty()) {
            out.append_float64(value.float64);
            break;
          }
          const auto& ref = tagged ? c->cells()[row].text : c->number_texts()[row];
          if (ref.is_inline()) {
            out.append_float64(value.float64, value.text);
          } else {
            out.append_shared_float64(value.float64, value.text, numbers[ref.buffer()],
                                      ref.offset());
          }
          break;
        }
        default: out.append(value);
      }
    }
  }
  return out.finish();
}

}  // namespace weir
