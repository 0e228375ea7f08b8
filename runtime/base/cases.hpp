#pragma once

namespace weir {

/// Several lambdas as one function object: what `std::visit` calls, one a type.
template <class... Cases>
struct cases : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
cases(Cases...) -> cases<Cases...>;

}  // namespace weir
