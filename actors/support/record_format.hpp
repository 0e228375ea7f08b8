#pragma once

#include <cstdint>
#include <string_view>

namespace weir {

/// How records are written in files. `by_name`: as the file's name says.
enum class record_format : std::uint8_t { by_name, ndjson, csv, lines };

/// The format that a file's name says, without `.gz` or `.zst`: `.ndjson`, `.jsonl` and `.json` are
/// NDJSON, `.csv` and `.tsv` CSV; `otherwise` for all other names.
record_format format_of_name(std::string_view path, record_format otherwise);

/// Whether the name ends in `.tsv`, packed or not: fields are then parted by tabs.
bool is_tab_separated(std::string_view path);

/// `ndjson`, `csv` or `lines`. Requires: not `by_name`.
std::string_view name_of(record_format format);

}  // namespace weir
