#include <chrono>
#include <string>

#include "runtime/expression/apply.hpp"
#include "runtime/expression/time_zone.hpp"

namespace weir {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t seconds_a_day = 86'400;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::int64_t of_date(function_id id, std::int64_t day_number) {
  const sys_days day{days(day_number)};
  const year_month_day date{day};
  switch (id) {
    case function_id::full_year:
      return static_cast<int>(date.year());
    case function_id::month:
      return static_cast<unsigned>(date.month()) - 1;
    case function_id::date:
      return static_cast<unsigned>(date.day());
    case function_id::day_of_month:
      return static_cast<unsigned>(date.day()) - 1;
    case function_id::day_of_week:
      return std::chrono::weekday(day).c_encoding();
    default:
      return (day - sys_days(date.year() / std::chrono::January / 1)).count();
  }
}

std::int64_t of_timestamp(function_id id, std::int64_t nanoseconds, time_zone& zone) {
  const std::int64_t utc = floor_divide(nanoseconds, second);
  const std::int64_t local = utc + zone.offset_at(utc);
  const std::int64_t day = floor_divide(local, seconds_a_day);
  const std::int64_t in_day = local - day * seconds_a_day;
  switch (id) {
    case function_id::hours:
      return in_day / 3600;
    case function_id::minutes:
      return in_day / 60 % 60;
    case function_id::seconds:
      return in_day % 60;
    case function_id::milliseconds:
      return (nanoseconds - utc * second) / 1'000'000;
    default:
      return of_date(id, day);
  }
}

// The whole duration in hours, minutes or seconds; CEL's milliseconds are those of the second.
std::int64_t of_duration(function_id id, std::int64_t nanoseconds) {
  switch (id) {
    case function_id::hours:
      return nanoseconds / (3600 * second);
    case function_id::minutes:
      return nanoseconds / (60 * second);
    case function_id::seconds:
      return nanoseconds / second;
    default:
      return nanoseconds / 1'000'000 % 1000;
  }
}

// The zone of the row before, mostly that of the next one too.
struct last_zone {
  std::string name;
  result<time_zone> zone = time_zone::find("UTC");

  result<time_zone>& find(std::string_view wanted) {
    if (wanted != name) {
      name = wanted;
      zone = time_zone::find(wanted);
    }
    return zone;
  }
};

series fields(const function_entry& entry, operands of, const row_set& rows, time_zone& zone) {
  const series& a = *of[0];
  if (a.storage == storage_kind::timestamp) {
    series out;
    auto* values = make_values<std::int64_t>(out, storage_kind::int64, rows);
    map_rows<std::int64_t>(a, rows, values,
                           [&](std::int64_t time) { return of_timestamp(entry.id, time, zone); });
    join_states(out, of, rows);
    return out;
  }
  return each_call(
      entry, of, rows, [&](series_writer& out, std::uint32_t row, const value_view* v) {
        out.int64(row, v->kind == value_kind::duration ? of_duration(entry.id, v->int64)
                                                       : of_timestamp(entry.id, v->int64, zone));
      });
}

}  // namespace

apply time_function(const function_entry& entry, operands constants) {
  if (constants.size() == 1)
    return [&entry](operands of, const row_set& rows) {
      auto utc = time_zone::find("UTC");
      return fields(entry, of, rows, *utc);
    };
  auto last = std::make_shared<last_zone>();
  last->name = "UTC";
  return [&entry, last](operands of, const row_set& rows) {
    const series& zone = *of[1];
    if (of[0]->storage == storage_kind::timestamp && zone.constant &&
        zone.storage == storage_kind::string) {
      auto& found = last->find(zone.text(0));
      if (found) return fields(entry, of.first(1), rows, *found);
    }
    return each_call(entry, of, rows,
                     [&](series_writer& out, std::uint32_t row, const value_view* v) {
                       if (v[0].kind == value_kind::duration)
                         return out.fail(row, "type-mismatch", "a duration has no time zone");
                       auto& found = last->find(v[1].text);
                       if (!found) return out.fail(row, "time-zone", found.error().text);
                       out.int64(row, of_timestamp(entry.id, v[0].int64, *found));
                     });
  };
}

}  // namespace weir
