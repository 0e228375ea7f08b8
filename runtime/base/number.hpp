#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// The integer that all of `text` spells in decimal, with an optional `-`; none if it does not fit.
std::optional<std::int64_t> parse_int64(std::string_view text);

/// The double nearest to the number that all of `text` spells (JSON's grammar, plus a leading `+`,
/// `nan`, `inf`, `infinity`). Overflow gives an infinity.
std::optional<double> parse_float64(std::string_view text);

void append_number(std::string& out, std::int64_t number);

/// The shortest text that reads back as `number`, with `.0` behind a whole one (`2.0`, `1e+22`), so
/// that a double stays one. Not a number and the infinities: `nan`, `inf`, `-inf`.
void append_number(std::string& out, double number);

}  // namespace weir
