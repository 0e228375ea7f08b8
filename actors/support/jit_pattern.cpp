#include "actors/support/jit_pattern.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>

#include "actors/codecs/byte_lanes.hpp"
#include "actors/codecs/json_index.hpp"
#include "actors/support/pcre2_pattern.hpp"

namespace weir {
namespace {

// Steps back and forth are bounded, but PCRE2 does not count the characters that one step goes
// over. With both bounds the worst text takes some milliseconds.
constexpr std::size_t text_bytes_max = 4096;
constexpr std::uint32_t steps_max = 50'000;
constexpr int given_up_max = 8;

// What a match needs grows with the repeats of groups in it.
constexpr std::size_t stack_bytes_first = 32 * 1024;
constexpr std::size_t stack_bytes_max = 1024 * 1024;

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};

}  // namespace

struct jit_pattern::code {
  std::unique_ptr<pcre2_code, freed_by<pcre2_code_free>> pattern;
  std::unique_ptr<pcre2_match_data, freed_by<pcre2_match_data_free>> data;
  std::unique_ptr<pcre2_match_context, freed_by<pcre2_match_context_free>> limits;
  std::unique_ptr<pcre2_jit_stack, freed_by<pcre2_jit_stack_free>> stack;

  static std::unique_ptr<code> of(const std::string& pattern, std::uint32_t options);
};

std::unique_ptr<jit_pattern::code> jit_pattern::code::of(const std::string& pattern,
                                                         std::uint32_t options) {
  const std::unique_ptr<pcre2_compile_context, freed_by<pcre2_compile_context_free>> rules(
      pcre2_compile_context_create(nullptr));
  pcre2_set_newline(rules.get(), PCRE2_NEWLINE_LF);
  int problem = 0;
  PCRE2_SIZE problem_at = 0;
  auto made = std::make_unique<code>();
  made->pattern.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                    options | PCRE2_DOLLAR_ENDONLY, &problem, &problem_at,
                                    rules.get()));
  if (!made->pattern || pcre2_jit_compile(made->pattern.get(), PCRE2_JIT_COMPLETE) != 0)
    return nullptr;
  made->data.reset(pcre2_match_data_create_from_pattern(made->pattern.get(), nullptr));
  made->limits.reset(pcre2_match_context_create(nullptr));
  made->stack.reset(pcre2_jit_stack_create(stack_bytes_first, stack_bytes_max, nullptr));
  if (!made->data || !made->limits || !made->stack) return nullptr;
  pcre2_set_match_limit(made->limits.get(), steps_max);
  pcre2_jit_stack_assign(made->limits.get(), nullptr, made->stack.get());
  return made;
}

jit_pattern::~jit_pattern() = default;

std::unique_ptr<jit_pattern> jit_pattern::of(std::string_view pattern) {
  const auto translated = pcre2_pattern(pattern);
  if (!translated) return nullptr;
  std::unique_ptr<jit_pattern> made(new jit_pattern);
  // Without PCRE2_UTF a repeat of a character that is not ASCII would be one of its last byte.
  const bool is_ascii = std::all_of(pattern.begin(), pattern.end(), [](char c) { return c >= 0; });
  made->ascii_ = code::of(*translated, is_ascii ? 0 : PCRE2_UTF);
  made->utf8_ = code::of(*translated, PCRE2_UTF);
  if (!made->ascii_ || !made->utf8_) return nullptr;
  return made;
}

jit_pattern::found jit_pattern::match(std::string_view text,
                                      std::vector<std::string_view>& groups) {
  if (given_up_ >= given_up_max || text.empty() || text.size() > text_bytes_max)
    return found::unknown;
  const bool is_ascii =
      codecs::find_byte(text, [](codecs::byte_lanes b) { return b; }) == text.size();
  // With PCRE2_UTF a text that is not UTF-8 must not be given to machine code.
  if (!is_ascii && !codecs::is_utf8_fast(text)) return found::unknown;
  const code& fitting = is_ascii ? *ascii_ : *utf8_;
  const int count =
      pcre2_jit_match(fitting.pattern.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                      0, 0, fitting.data.get(), fitting.limits.get());
  if (count == PCRE2_ERROR_NOMATCH) return found::nothing;
  if (count <= 0) {
    ++given_up_;
    return found::unknown;
  }
  const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(fitting.data.get());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const bool takes_part = i < static_cast<std::size_t>(count) && ends[2 * i] != PCRE2_UNSET;
    groups[i] =
        takes_part ? text.substr(ends[2 * i], ends[2 * i + 1] - ends[2 * i]) : std::string_view();
  }
  return found::match;
}

}  // namespace weir
