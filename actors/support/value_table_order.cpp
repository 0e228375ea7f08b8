#include <algorithm>
#include <cmath>
#include <cstring>

#include "actors/support/value_order.hpp"
#include "actors/support/value_table.hpp"

// How a table of values sorts them.

namespace weir {
namespace {

constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;

// A number that is the greater the greater the double is; that of what is no number is above all.
std::uint64_t rising_bits(double value) {
  if (std::isnan(value)) return ~std::uint64_t{0};
  std::uint64_t bits = 0;
  // Both zeros are one.
  value += 0.0;
  std::memcpy(&bits, &value, sizeof bits);
  return (bits & sign_bit) != 0 ? ~bits : bits | sign_bit;
}

// The first eight, as a number that rises as texts do by their bytes.
std::uint64_t first_characters(std::string_view text) {
  std::uint64_t bits = 0;
  if (text.empty()) return bits;
  std::memcpy(&bits, text.data(), std::min(text.size(), sizeof bits));
  return __builtin_bswap64(bits);
}

}  // namespace

// Where a value stands among others, as far as a few bytes tell: by its kind, then by a number that
// rises with the value, if not strictly.
struct value_table::rough_place {
  std::uint64_t place;
  std::uint32_t number;
  std::uint8_t kind;

  bool operator==(const rough_place& other) const {
    return kind == other.kind && place == other.place;
  }
  bool operator<(const rough_place& other) const {
    return kind != other.kind ? kind < other.kind : place < other.place;
  }
};

// `common` is how many characters all texts begin with.
value_table::rough_place value_table::place_of(std::uint32_t number, std::size_t common) const {
  const value_view value = at(number);
  rough_place made{0, number, static_cast<std::uint8_t>(rank_of(value.kind))};
  switch (value.kind) {
    case value_kind::null:
      break;
    case value_kind::boolean:
      made.place = value.boolean ? 1 : 0;
      break;
    case value_kind::int64:
      made.place = rising_bits(static_cast<double>(value.int64));
      break;
    case value_kind::float64:
      made.place = rising_bits(value.float64);
      break;
    case value_kind::timestamp:
    case value_kind::duration:
      made.place = static_cast<std::uint64_t>(value.int64) ^ sign_bit;
      break;
    case value_kind::string:
    case value_kind::bytes:
      made.place = first_characters(value.text.substr(std::min(common, value.text.size())));
      break;
    case value_kind::json:
      made.place = first_characters(form(number));
  }
  return made;
}

// How many characters all texts, if there are no other values, begin with.
std::size_t value_table::common_start() const {
  if (cells_.empty()) return 0;
  const auto is_text = [](value_kind kind) {
    return kind == value_kind::string || kind == value_kind::bytes;
  };
  std::string_view common = at(0).text;
  for (std::uint32_t n = 0; n < cells_.size() && !common.empty(); ++n) {
    if (!is_text(cells_[n].kind)) return 0;
    const std::string_view text = cells_[n].text.in(texts_);
    const auto end = std::mismatch(common.begin(), common.end(), text.begin(), text.end()).first;
    common = common.substr(0, static_cast<std::size_t>(end - common.begin()));
  }
  return common.size();
}

std::vector<std::uint32_t> value_table::ranks() const {
  const std::size_t common = common_start();
  std::vector<rough_place> order;
  order.reserve(cells_.size());
  for (std::uint32_t n = 0; n < cells_.size(); ++n) order.push_back(place_of(n, common));
  const auto exactly = [&](std::uint32_t number) {
    value_view value = at(number);
    if (value.kind == value_kind::json) value.text = form(number);
    return value;
  };
  std::sort(order.begin(), order.end(), [&](const rough_place& a, const rough_place& b) {
    return a == b ? compare_values(exactly(a.number), exactly(b.number)) < 0 : a < b;
  });
  std::vector<std::uint32_t> ranks(order.size());
  for (std::uint32_t rank = 0; rank < order.size(); ++rank) ranks[order[rank].number] = rank;
  return ranks;
}

}  // namespace weir
