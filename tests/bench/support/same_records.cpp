#include "tests/bench/support/same_records.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <stdexcept>

namespace weir::testing {
namespace {

bool is_same(const simdjson::dom::element& one, const simdjson::dom::element& other) {
  if (one.type() != other.type()) return false;
  if (!one.is_double()) return simdjson::minify(one) == simdjson::minify(other);
  const double left = one.get_double();
  const double right = other.get_double();
  return std::abs(left - right) <= 1e-9 * std::max(std::abs(left), std::abs(right));
}

bool is_same(const simdjson::dom::object& one, const simdjson::dom::object& other) {
  if (one.size() != other.size()) return false;
  return std::all_of(one.begin(), one.end(), [&](const simdjson::dom::key_value_pair& member) {
    simdjson::dom::element found;
    return other.at_key(member.key).get(found) == simdjson::SUCCESS && is_same(member.value, found);
  });
}

}  // namespace

void require_same_records(const std::string& path, const std::string& other_path) {
  std::ifstream file(path);
  std::ifstream other_file(other_path);
  simdjson::dom::parser parser;
  simdjson::dom::parser other_parser;
  std::string line;
  std::string other_line;
  for (std::uint64_t number = 1;; ++number) {
    const bool has_line = static_cast<bool>(std::getline(file, line));
    if (has_line != static_cast<bool>(std::getline(other_file, other_line)))
      throw std::runtime_error(fmt::format("'{}' and '{}' differ in length", path, other_path));
    if (!has_line && number > 1) return;
    if (!has_line) throw std::runtime_error(fmt::format("'{}' is empty", path));
    if (line == other_line) continue;
    const simdjson::dom::object record = parser.parse(line);
    const simdjson::dom::object other = other_parser.parse(other_line);
    if (!is_same(record, other))
      throw std::runtime_error(
          fmt::format("record {} differs:\n  {}\n  {}", number, line, other_line));
  }
}

void require_same_bytes(const std::string& path, const std::string& other_path) {
  std::ifstream file(path);
  std::ifstream other_file(other_path);
  std::string line;
  std::string other_line;
  for (std::uint64_t number = 1;; ++number) {
    const bool has_line = static_cast<bool>(std::getline(file, line));
    if (has_line != static_cast<bool>(std::getline(other_file, other_line)))
      throw std::runtime_error(fmt::format("'{}' and '{}' differ in length", path, other_path));
    if (!has_line && number > 1) return;
    if (!has_line || line != other_line)
      throw std::runtime_error(
          fmt::format("line {} differs, or is missing:\n  {}\n  {}", number, line, other_line));
  }
}

}  // namespace weir::testing
