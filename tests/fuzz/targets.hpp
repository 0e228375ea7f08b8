#pragma once

#include <string_view>

namespace weir::testing {

// A target reads the text to try, and what to do with it, from any bytes (`fuzz_input`), and throws
// `broken_property` where what it promises does not hold. What that is, each target's file tells.
//
// Time: bounded by the size of the input, so that a slow input is a finding too.

void fuzz_apache_combined(std::string_view bytes);
void fuzz_csv(std::string_view bytes);
void fuzz_dead_letter(std::string_view bytes);
void fuzz_expression(std::string_view bytes);
void fuzz_lines(std::string_view bytes);
void fuzz_ndjson(std::string_view bytes);
void fuzz_packed(std::string_view bytes);
void fuzz_packed_slices(std::string_view bytes);
void fuzz_pattern(std::string_view bytes);
void fuzz_pipeline_file(std::string_view bytes);

}  // namespace weir::testing
