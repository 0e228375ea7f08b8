#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// Appends `bytes` in base64 with padding (RFC 4648, section 4).
void append_base64(std::string& out, std::string_view bytes);

/// The bytes that `text` stands for; none if it is not base64 with its padding.
std::optional<std::string> parse_base64(std::string_view text);

}  // namespace weir
