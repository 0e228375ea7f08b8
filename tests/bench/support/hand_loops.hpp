#pragma once

#include <string>
#include <vector>

namespace weir::testing {

// What somebody would write by hand for one job and nothing else: one thread, simdjson's on-demand
// interface, files read in pieces. They check what Weir checks, that each line is one complete JSON
// object in UTF-8, and throw where it would reject a record.

/// Writes how many records have a `status`.
void count_by_hand(const std::vector<std::string>& inputs, const std::string& output);

/// Writes `ts`, `host`, `path`, `status` and the duration in seconds where `status` is at least
/// 500.
void filter_by_hand(const std::vector<std::string>& inputs, const std::string& output);

/// Writes each host, in order of name, with its number of records and mean duration.
void group_by_hand(const std::vector<std::string>& inputs, const std::string& output);

}  // namespace weir::testing
