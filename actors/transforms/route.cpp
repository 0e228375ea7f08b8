#include "actors/transforms/route.hpp"

#include <algorithm>
#include <iterator>

#include "actors/support/reject_in_order.hpp"

namespace weir::transforms {
namespace {

constexpr std::string_view other_port = "other";

bool is_name(std::string_view text) {
  const auto begins = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto goes_on = [&](char c) {
    return begins(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !text.empty() && begins(text.front()) && std::all_of(text.begin(), text.end(), goes_on);
}

std::vector<std::uint32_t> rows_of(const chunk& from) {
  std::vector<std::uint32_t> rows;
  rows.reserve(from.size());
  from.each_row([&](std::uint32_t row) { rows.push_back(row); });
  return rows;
}

// The rows of `all` that are neither chosen nor refused.
std::vector<std::uint32_t> rows_left(const chunk& all, const evaluator::chosen& taken) {
  std::vector<std::uint32_t> left;
  left.reserve(all.size() - taken.rows.size());
  auto chosen = taken.rows.begin();
  auto refused = taken.errors.begin();
  for (const auto row : rows_of(all)) {
    if (chosen != taken.rows.end() && *chosen == row) {
      ++chosen;
    } else if (refused != taken.errors.end() && refused->row == row) {
      ++refused;
    } else {
      left.push_back(row);
    }
  }
  return left;
}

std::vector<std::string> ports_of(const route_options& options) {
  std::vector<std::string> ports;
  for (const auto& [name, condition] : options.routes) ports.push_back(name);
  ports.emplace_back(other_port);
  return ports;
}

void check_routes(const route_options&, const config_value& from, problems& found) {
  const config_value* routes = from.find("routes");
  if (routes == nullptr || !routes->is_map()) return;
  const auto in = found.enter("option 'routes'");
  if (routes->entries.empty())
    found.add("out-of-bounds", routes->place.start,
              "there is no route; write a name and a condition, as in 'errors: \"status >= 500\"'");
  for (const auto& entry : routes->entries) {
    if (entry.key == other_port || entry.key == "rejected") {
      found.add(
          "reserved-name", entry.key_place,
          fmt::format("{} is a port that every route has; choose another name", quoted(entry.key)));
    } else if (!is_name(entry.key)) {
      found.add("wrong-name", entry.key_place,
                fmt::format("{} is not a name; names begin with a letter a to z, then letters, "
                            "digits, '_' and '-'",
                            quoted(entry.key)));
    }
  }
}

}  // namespace

route::route(const route_options& options) {
  for (const auto& [name, condition] : options.routes) conditions_.emplace_back(*condition.value);
}

stage_answer route::process(port_number, const chunk_ptr& records, outlet& out) {
  chunk_ptr left = records;
  std::vector<evaluated::record_error> refused;
  port_number port = 0;
  for (auto& condition : conditions_) {
    if (left->size() == 0) break;
    auto chosen = condition.choose(*left);
    out.emit(port++, select(left, chosen.rows));
    left = select(left, rows_left(*left, chosen));
    std::move(chosen.errors.begin(), chosen.errors.end(), std::back_inserter(refused));
  }
  if (left->size() > 0) out.emit(port, left);
  reject_in_order(*records, std::move(refused), out);
  return answer::wait;
}

stage_type route_stage() {
  return describe_stage<route, route_options>("route")
      .summary("Sends each record through the port of the first condition that is true of it.")
      .description(
          "Every name under `routes` is an output port, read as `from: NAME.PORT`. The conditions "
          "are tried in the order they are written; a record for which none is true leaves through "
          "`other`. Null counts as no. A record for which a condition can't be computed leaves "
          "through `rejected`.")
      .option("routes", &route_options::routes,
              "Ports by name, each with the condition of its records.", required,
              yields{column_type::boolean})
      .outputs(ports_of)
      .checks(check_routes)
      .keeps_raw()
      .shares_work()
      .keeps_nothing()
      .holds_nothing()
      .cheap()
      .example("{routes: {errors: \"status >= 500\", slow: \"duration_ms > 1000\"}}");
}

}  // namespace weir::transforms
