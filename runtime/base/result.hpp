#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "runtime/base/error.hpp"

namespace weir {

/// A value, or the reason why there is none.
template <class T>
using result = tl::expected<T, error>;

/// The failing half of any `result`: `return failure("open-file", "...", std::strerror(errno));`
inline tl::unexpected<error> failure(std::string code, std::string text, std::string detail = {}) {
  return tl::unexpected<error>(error{std::move(code), std::move(text), std::move(detail)});
}

inline tl::unexpected<error> failure(error cause) {
  return tl::unexpected<error>(std::move(cause));
}

}  // namespace weir
