#include "actors/support/record_format.hpp"

namespace weir {
namespace {

std::string_view without_packing(std::string_view path) {
  for (const std::string_view ending : {".gz", ".zst"})
    if (path.ends_with(ending)) return path.substr(0, path.size() - ending.size());
  return path;
}

}  // namespace

record_format format_of_name(std::string_view path, record_format otherwise) {
  path = without_packing(path);
  for (const std::string_view ending : {".ndjson", ".jsonl", ".json"})
    if (path.ends_with(ending)) return record_format::ndjson;
  for (const std::string_view ending : {".csv", ".tsv"})
    if (path.ends_with(ending)) return record_format::csv;
  return otherwise;
}

bool is_tab_separated(std::string_view path) { return without_packing(path).ends_with(".tsv"); }

std::string_view name_of(record_format format) {
  switch (format) {
    case record_format::by_name:
      break;
    case record_format::ndjson:
      return "ndjson";
    case record_format::csv:
      return "csv";
    case record_format::lines:
      return "lines";
  }
  return {};
}

}  // namespace weir
