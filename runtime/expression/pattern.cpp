#include "runtime/expression/pattern.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include "runtime/base/text.hpp"

namespace weir {

struct pattern::compiled {
  compiled(std::string_view text, const re2::RE2::Options& options)
      : expression(re2::StringPiece(text.data(), text.size()), options) {}

  re2::RE2 expression;
};

pattern::pattern(std::unique_ptr<compiled> from) : compiled_(std::move(from)) {}
pattern::~pattern() = default;
pattern::pattern(pattern&&) noexcept = default;
pattern& pattern::operator=(pattern&&) noexcept = default;

result<pattern> pattern::compile(std::string_view text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto made = std::make_unique<compiled>(text, options);
  if (!made->expression.ok())
    return failure("pattern", fmt::format("{} is not a regular expression", quoted(text)),
                   made->expression.error());
  return pattern(std::move(made));
}

bool pattern::matches(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled_->expression);
}

}  // namespace weir
