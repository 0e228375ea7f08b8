#pragma once

#include <string>

namespace weir {

/// Whether the path is a device or a standard stream, which may be opened by many.
bool is_stream(const std::string& path);

/// The one text for all ways to write a path; of a glob, for the folder before its first wildcard.
std::string canonical_path(const std::string& path);

/// Whether `path` is what `pattern` names, a path or a glob. Both are canonical.
bool names_path(const std::string& pattern, const std::string& path);

}  // namespace weir
