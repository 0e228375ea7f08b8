#include "actors/codecs/byte_lanes.hpp"

#include <doctest/doctest.h>

#include <string>

#include "runtime/data/buffer.hpp"

using namespace weir;
using namespace weir::codecs;

namespace {

const auto is_comma = [](byte_lanes b) { return b == ','; };

}  // namespace

TEST_CASE("a byte is found wherever it stands, and not behind the text") {
  for (std::size_t size = 0; size <= 40; ++size)
    for (std::size_t comma = 0; comma <= 40; ++comma) {
      std::string bytes(41, 'x');
      bytes[comma] = ',';
      const auto data = copy_to_buffer(bytes);
      const std::string_view text(data->data(), size);
      CAPTURE(size);
      CAPTURE(comma);
      CHECK(find_byte(text, is_comma) == std::min(comma, size));
    }
}

template <unsigned Lanes>
void check_copies() {
  constexpr std::size_t step = Lanes * lane_count;
  for (std::size_t size = 1; size <= 3 * step; ++size)
    for (std::size_t comma = 0; comma <= size; ++comma) {
      std::string bytes(size + 1, 'x');
      bytes[comma] = ',';
      const auto data = copy_to_buffer(bytes);
      const std::string_view text(data->data(), size);
      CAPTURE(size);
      CAPTURE(comma);
      std::string copied(size + step, '\0');
      CHECK(copy_and_test<Lanes>(copied.data(), text, is_comma) == (comma < size));
      CHECK(copied.substr(0, size) == text);
    }
}

TEST_CASE("a text is copied whole, and what is looked for is found in it and not behind it") {
  check_copies<2>();
  check_copies<4>();
}

TEST_CASE("a byte is found however far behind, and not behind the end") {
  for (std::size_t size = 0; size <= 200; size += 3)
    for (std::size_t comma = 0; comma <= 200; ++comma) {
      std::string bytes(201, 'x');
      bytes[comma] = ',';
      const auto data = copy_to_buffer(bytes);
      CAPTURE(size);
      CAPTURE(comma);
      const char* const end = data->data() + size;
      const char* const there = std::min<const char*>(data->data() + comma, end);
      CHECK(find_byte(data->data(), end, is_comma) == there);
      CHECK(find_far_byte(data->data(), end, is_comma) == there);
    }
}

TEST_CASE("lanes tell bytes above 127 apart and give a bit each") {
  std::string bytes;
  for (int i = 0; i < 16; ++i) bytes += static_cast<char>(i * 17);
  const auto lanes = load_lanes(bytes.data());
  CHECK(lane_bits(lanes) == 0xFF00);
  CHECK(lane_bits(lanes == all_lanes('\xEE')) == 1U << 14);
  CHECK(lane_bits(lanes < 0x20) == 0xFF03);
}
