#include "actors/support/key_order.hpp"

#include <algorithm>

namespace weir {
namespace {

bool any_null(const chunk& in, std::uint32_t number) {
  const column& values = *in.columns()[number];
  if (!values.may_have_nulls()) return false;
  bool found = false;
  in.each_row([&](std::uint32_t row) { found = found || values.is_null(row); });
  return found;
}

// Whether the order of the new columns is that of every record.
bool columns_tell(const chunk& before, const moved_columns& how) {
  if (before.orders()) return false;
  std::optional<std::uint32_t> last;
  const auto behind_last = [&](std::uint32_t number) {
    const bool ascends = !last || *last < number;
    last = number;
    return ascends;
  };
  for (const auto& to : how.to)
    if (to && !behind_last(*to)) return false;
  for (const auto number : how.given) {
    const auto old = std::find(how.to.begin(), how.to.end(), number);
    if (old == how.to.end()) {
      if (!behind_last(number)) return false;
    } else if (any_null(before, static_cast<std::uint32_t>(old - how.to.begin()))) {
      return false;
    }
  }
  return true;
}

}  // namespace

void key_order_collector::add(std::uint32_t row, std::vector<std::uint32_t> order) {
  if (std::is_sorted(order.begin(), order.end())) return;
  const auto next = static_cast<std::uint32_t>(collected_.orders.size() + 1);
  const auto [at, added] = known_.try_emplace(order, next);
  if (added) collected_.orders.push_back(std::move(order));
  collected_.of_row[row] = at->second;
}

std::shared_ptr<const key_orders> key_order_collector::finish() {
  if (collected_.orders.empty()) return nullptr;
  return std::make_shared<const key_orders>(std::move(collected_));
}

std::shared_ptr<const key_orders> moved_orders(const chunk& before, const moved_columns& how) {
  if (columns_tell(before, how)) return nullptr;
  key_order_collector orders(before.rows());
  before.each_row([&](std::uint32_t row) {
    std::vector<std::uint32_t> now;
    const auto add = [&](std::uint32_t number) {
      if (std::find(now.begin(), now.end(), number) == now.end()) now.push_back(number);
    };
    each_key(before, row, [&](std::uint32_t old) {
      if (how.to[old]) add(*how.to[old]);
    });
    for (const auto number : how.given) add(number);
    orders.add(row, std::move(now));
  });
  return orders.finish();
}

}  // namespace weir
