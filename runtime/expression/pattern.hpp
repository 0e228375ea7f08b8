#pragma once

#include <memory>
#include <string_view>

#include "runtime/base/result.hpp"

namespace weir {

/// A regular expression in RE2's syntax. Matching takes time linear in the text.
///
/// Threads: may be used from any number of threads.
class pattern {
 public:
  /// Errors: `pattern`, the library's text in `detail`.
  static result<pattern> compile(std::string_view text);
  ~pattern();
  pattern(pattern&&) noexcept;
  pattern& operator=(pattern&&) noexcept;

  /// Whether it matches anywhere in `text`.
  bool matches(std::string_view text) const;

 private:
  struct compiled;
  explicit pattern(std::unique_ptr<compiled> from);
  std::unique_ptr<compiled> compiled_;
};

}  // namespace weir
