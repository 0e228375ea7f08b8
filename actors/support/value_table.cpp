#include "actors/support/value_table.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "actors/support/value_order.hpp"

namespace weir {
namespace {

// Blocks of kept text: the first, and twice as large each time up to the last.
constexpr std::size_t block_first = 1024;
constexpr std::size_t block_most = 256 * 1024;
// What a map takes for each of its entries: three pointers, a colour and the entry.
constexpr std::size_t map_node_bytes = 64;

std::uint32_t hash_of(const void* bytes, std::size_t size, std::uint64_t seed) {
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(bytes, size, seed));
}

std::uint32_t hash_of(std::uint64_t word, value_kind kind, std::uint64_t seed) {
  return hash_of(&word, sizeof word, seed + static_cast<std::uint64_t>(kind));
}

// The integer that a double is exactly; false if it is none of 64 bits.
bool is_integer(double value, std::int64_t& whole) {
  if (!(value >= -0x1p63 && value < 0x1p63)) return false;
  whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) == value;
}

bool same_bits(const string_ref& left, const string_ref& right) {
  return std::memcmp(&left, &right, sizeof left) == 0;
}

// Length and first four characters.
bool same_head(const string_ref& left, const string_ref& right) {
  return std::memcmp(&left, &right, 8) == 0;
}

// Whether two texts of one size above `string_ref::inline_max` are equal: words of eight bytes, the
// last of which may overlap the one before. Faster than memcmp for the short texts that keys are.
bool same_text(const char* left, const char* right, std::size_t size) {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  for (std::size_t at = 0; at + sizeof a < size; at += sizeof a) {
    std::memcpy(&a, left + at, sizeof a);
    std::memcpy(&b, right + at, sizeof b);
    if (a != b) return false;
  }
  std::memcpy(&a, left + size - sizeof a, sizeof a);
  std::memcpy(&b, right + size - sizeof b, sizeof b);
  return a == b;
}

// Calls `find(row)` for rows with a value and `find_null()` for the others.
template <class Find, class FindNull>
void each_row(const column& values, std::span<const std::uint32_t> rows,
              std::span<std::uint32_t> numbers, Find find, FindNull find_null) {
  const std::uint64_t* valid = values.validity();
  if (valid == nullptr) {
    for (std::size_t i = 0; i < rows.size(); ++i) numbers[i] = find(rows[i]);
    return;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t row = rows[i];
    numbers[i] = (valid[row >> 6] >> (row & 63) & 1) != 0 ? find(row) : find_null();
  }
}

// The same where one row's value is most often that of the row before: `is_same(row, other)`
// compares two rows with values.
template <class Same, class Find, class FindNull>
void each_run(const column& values, std::span<const std::uint32_t> rows,
              std::span<std::uint32_t> numbers, Same is_same, Find find, FindNull find_null) {
  const std::uint64_t* valid = values.validity();
  std::optional<std::uint32_t> last;
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t row = rows[i];
    if (valid != nullptr && (valid[row >> 6] >> (row & 63) & 1) == 0) {
      numbers[i] = find_null();
      continue;
    }
    if (!last || !is_same(row, *last)) number = find(row);
    last = row;
    numbers[i] = number;
  }
}

value_kind kind_of_integers(storage_kind storage) {
  if (storage == storage_kind::timestamp) return value_kind::timestamp;
  return storage == storage_kind::duration ? value_kind::duration : value_kind::int64;
}

}  // namespace

void value_table::find(const column& values, std::span<const std::uint32_t> rows,
                       std::span<std::uint32_t> numbers) {
  const auto no_value = [this] { return find_null(); };
  const auto each = [&](auto find_one) { each_row(values, rows, numbers, find_one, no_value); };
  switch (values.storage()) {
    case storage_kind::null:
      if (!rows.empty()) std::fill(numbers.begin(), numbers.end(), find_null());
      break;
    case storage_kind::boolean:
      each([&](std::uint32_t row) { return find_boolean(values.boolean(row)); });
      break;
    case storage_kind::int64:
    case storage_kind::timestamp:
    case storage_kind::duration: {
      const auto array = values.int64s();
      const value_kind kind = kind_of_integers(values.storage());
      find_each(
          values, rows, numbers,
          [&](std::uint32_t row, std::uint32_t other) { return array[row] == array[other]; },
          [&](std::uint32_t row) {
            return hash_of(static_cast<std::uint64_t>(array[row]), kind, seed_);
          },
          [&](std::uint32_t row, std::uint32_t hash) {
            return find_integer(array[row], kind, hash);
          });
      break;
    }
    case storage_kind::float64: {
      const auto array = values.float64s();
      const auto texts = values.number_texts();
      each([&](std::uint32_t row) {
        return find_number(array[row],
                           texts.empty() ? std::string_view() : texts[row].in(values.data()));
      });
      break;
    }
    case storage_kind::json: {
      const auto array = values.strings();
      each([&](std::uint32_t row) { return find_json(array[row].in(values.data())); });
      break;
    }
    case storage_kind::string:
    case storage_kind::bytes: {
      const auto array = values.strings();
      const auto kind =
          values.storage() == storage_kind::bytes ? value_kind::bytes : value_kind::string;
      take_starts(values);
      find_each(
          values, rows, numbers,
          [&](std::uint32_t row, std::uint32_t other) { return is_same(array[row], array[other]); },
          [&](std::uint32_t row) { return hash_of_text(array[row], kind); },
          [&](std::uint32_t row, std::uint32_t hash) { return find_text(array[row], kind, hash); });
      break;
    }
    case storage_kind::tagged: {
      const auto array = values.cells();
      take_starts(values);
      each([&](std::uint32_t row) { return find_cell(array[row], values.data()); });
      break;
    }
  }
}

// Finds the values of a column of one kind: each by its hash, or where most rows have the value of
// the row before, by comparing these two first.
template <class Same, class Hash, class Find>
void value_table::find_each(const column& values, std::span<const std::uint32_t> rows,
                            std::span<std::uint32_t> numbers, Same is_same, Hash hash, Find find) {
  const auto no_value = [this] { return find_null(); };
  if (has_runs_) {
    each_run(
        values, rows, numbers, is_same, [&](std::uint32_t row) { return find(row, hash(row)); },
        no_value);
  } else {
    each_row(
        values, rows, numbers, [&](std::uint32_t row) { return find(row, hash(row)); }, no_value);
  }
  has_runs_ = are_mostly_runs(numbers);
}

std::uint32_t value_table::find_null() {
  return index_.find_or_make(
      hash_of(0, value_kind::null, seed_),
      [&](std::uint32_t n) { return cells_[n].kind == value_kind::null; },
      [&] { return add(cell()); });
}

std::uint32_t value_table::find_boolean(bool value) {
  return index_.find_or_make(
      hash_of(value ? 1 : 0, value_kind::boolean, seed_),
      [&](std::uint32_t n) {
        return cells_[n].kind == value_kind::boolean && cells_[n].boolean == value;
      },
      [&] {
        cell c;
        c.kind = value_kind::boolean;
        c.boolean = value;
        return add(c);
      });
}

void value_table::find(const value_table& from, std::span<std::uint32_t> numbers) {
  starts_ = from.kept_starts_;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = find_cell(from.cells_[i], from.texts_);
}

inline std::uint32_t value_table::find_integer(std::int64_t value, value_kind kind,
                                               std::uint32_t hash) {
  cell wanted;
  wanted.kind = kind;
  wanted.int64 = value;
  return index_.find_or_make(
      hash,
      [&](std::uint32_t n) {
        const cell& known = cells_[n];
        if (known.kind == kind) return known.int64 == value;
        if (kind != value_kind::int64 || known.kind != value_kind::float64 ||
            compare_exactly(value, known.float64) != 0)
          return false;
        // From now on it is written as an int.
        cells_[n] = wanted;
        return true;
      },
      [&] { return add(wanted); });
}

std::uint32_t value_table::find_number(double value, std::string_view text) {
  value_view view;
  view.kind = value_kind::float64;
  view.float64 = value;
  view.text = text;
  // Equal numbers need equal hashes, so a whole double has that of the integer.
  std::int64_t whole = 0;
  std::uint64_t bits = 0;
  const bool is_int = is_integer(value, whole);
  if (is_int) {
    bits = static_cast<std::uint64_t>(whole);
  } else if (!std::isnan(value)) {
    std::memcpy(&bits, &value, sizeof bits);
  }
  const std::uint32_t number = index_.find_or_make(
      hash_of(bits, is_int ? value_kind::int64 : value_kind::float64, seed_),
      [&](std::uint32_t n) { return compare_values(at(n), view) == 0; },
      [&] {
        cell c;
        c.kind = value_kind::float64;
        c.float64 = value;
        c.text = keep(text);
        return add(c);
      });
  prefer(number, view);
  return number;
}

// Writes the value from now on as this one, which is equal, is written, if that stands before.
void value_table::prefer(std::uint32_t number, const value_view& value) {
  if (!stands_before(value, at(number))) return;
  cells_[number].float64 = value.float64;
  cells_[number].text = keep(value.text);
}

// Notes where the chunk's buffers start, so that a text is one load away and not three.
void value_table::take_starts(const column& values) {
  starts_.clear();
  for (const auto& data : values.data()) starts_.push_back(data->data());
}

inline const char* value_table::start_of(const string_ref& ref) const {
  return starts_[ref.buffer()] + ref.offset();
}

inline std::uint32_t value_table::hash_of_text(const string_ref& ref, value_kind kind) const {
  const std::uint64_t seed = seed_ + static_cast<std::uint64_t>(kind);
  // The unused bytes of a short text are zero, so all 16 stand for it.
  return ref.is_inline() ? hash_of(&ref, sizeof ref, seed)
                         : hash_of(start_of(ref), ref.size(), seed);
}

// Whether two texts of the column at hand are the same.
inline bool value_table::is_same(const string_ref& left, const string_ref& right) const {
  if (left.is_inline() || !same_head(left, right)) return same_bits(left, right);
  return same_text(start_of(left), start_of(right), left.size());
}

inline std::uint32_t value_table::find_text(const string_ref& ref, value_kind kind,
                                            std::uint32_t hash) {
  const auto make = [&](string_ref kept) {
    cell c;
    c.kind = kind;
    c.text = kept;
    return add(c);
  };
  if (ref.is_inline())
    return index_.find_or_make(
        hash,
        [&](std::uint32_t n) { return cells_[n].kind == kind && same_bits(cells_[n].text, ref); },
        [&] { return make(ref); });
  const char* text = start_of(ref);
  return index_.find_or_make(
      hash,
      [&](std::uint32_t n) {
        const cell& known = cells_[n];
        return known.kind == kind && same_head(known.text, ref) &&
               same_text(kept_starts_[known.text.buffer()] + known.text.offset(), text, ref.size());
      },
      [&] {
        return make(keep({text, ref.size()}));
      });
}

std::uint32_t value_table::find_json(std::string_view text) {
  if (!canonical_) canonical_.emplace();
  const std::string_view form = canonical_->of(text);
  const std::uint32_t number = index_.find_or_make(
      hash_of(form.data(), form.size(), seed_ + static_cast<std::uint64_t>(value_kind::json)),
      [&](std::uint32_t n) { return cells_[n].kind == value_kind::json && this->form(n) == form; },
      [&] {
        cell c;
        c.kind = value_kind::json;
        c.text = keep(text);
        const std::uint32_t added = add(c);
        if (form != text) forms_.emplace(added, keep(form));
        return added;
      });
  if (text < cells_[number].text.in(texts_)) {
    // Its form is what stood there, if it has no entry.
    if (form != text) forms_.emplace(number, cells_[number].text);
    cells_[number].text = keep(text);
  }
  return number;
}

std::string_view value_table::form(std::uint32_t number) const {
  if (cells_[number].kind != value_kind::json) return {};
  const auto other = forms_.find(number);
  return (other == forms_.end() ? cells_[number].text : other->second).in(texts_);
}

std::uint32_t value_table::find_cell(const cell& value, std::span<const buffer_ptr> data) {
  switch (value.kind) {
    case value_kind::null:
      return find_null();
    case value_kind::boolean:
      return find_boolean(value.boolean);
    case value_kind::int64:
    case value_kind::timestamp:
    case value_kind::duration:
      return find_integer(value.int64, value.kind,
                          hash_of(static_cast<std::uint64_t>(value.int64), value.kind, seed_));
    case value_kind::float64:
      return find_number(value.float64, value.text.in(data));
    case value_kind::string:
    case value_kind::bytes:
      return find_text(value.text, value.kind, hash_of_text(value.text, value.kind));
    case value_kind::json:
      return find_json(value.text.in(data));
  }
  return find_null();
}

std::uint32_t value_table::add(cell value) {
  cells_.push_back(value);
  return static_cast<std::uint32_t>(cells_.size() - 1);
}

string_ref value_table::keep(std::string_view text) {
  if (text.empty()) return {};
  if (text.size() <= string_ref::inline_max) return {text, 0, 0};
  if (!last_texts_ || last_texts_->capacity() - last_used_ < text.size()) {
    const std::size_t next =
        last_texts_ ? std::min(last_texts_->capacity() * 2, block_most) : block_first;
    last_texts_ = std::make_shared<buffer>(std::max(next, text.size()));
    last_used_ = 0;
    texts_.push_back(last_texts_);
    kept_starts_.push_back(last_texts_->data());
    texts_bytes_ += last_texts_->capacity() + buffer::padding;
  }
  std::memcpy(last_texts_->data() + last_used_, text.data(), text.size());
  const string_ref kept(text, static_cast<std::uint32_t>(texts_.size() - 1),
                        static_cast<std::uint32_t>(last_used_));
  last_used_ += text.size();
  return kept;
}

value_view value_table::at(std::uint32_t number) const {
  const cell& c = cells_[number];
  value_view value;
  value.kind = c.kind;
  value.int64 = c.int64;
  value.text = c.text.in(texts_);
  return value;
}

std::size_t value_table::bytes() const {
  return index_.bytes() + cells_.capacity() * sizeof(cell) +
         texts_.capacity() * sizeof(buffer_ptr) + texts_bytes_ + forms_.size() * map_node_bytes +
         (starts_.capacity() + kept_starts_.capacity()) * sizeof(char*);
}

std::size_t value_table::bytes_to_grow(std::size_t more) const {
  return index_.bytes_to_grow(more) + weir::bytes_to_grow(cells_, cells_.size() + more);
}

}  // namespace weir
