#include "runtime/expression/time_zone.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/text.hpp"

namespace weir {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// `+02:00`, `-08:30`, `02:00` in seconds.
std::optional<std::int64_t> fixed_offset(std::string_view name) {
  const bool west = name.starts_with('-');
  if (west || name.starts_with('+')) name.remove_prefix(1);
  if (name.size() != 5 || name[2] != ':') return std::nullopt;
  for (const std::size_t i : {0U, 1U, 3U, 4U})
    if (!is_digit(name[i])) return std::nullopt;
  const int hours = (name[0] - '0') * 10 + (name[1] - '0');
  const int minutes = (name[3] - '0') * 10 + (name[4] - '0');
  if (hours > 23 || minutes > 59) return std::nullopt;
  const int seconds = (hours * 60 + minutes) * 60;
  return west ? -seconds : seconds;
}

std::string advice_for(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& zone : date::get_tzdb().zones) names.push_back(zone.name());
  return did_you_mean(name, names);
}

}  // namespace

result<time_zone> time_zone::find(std::string_view name) {
  time_zone zone;
  if (name == "UTC") return zone;
  if (const auto fixed = fixed_offset(name)) {
    zone.offset_ = *fixed;
    return zone;
  }
  std::string cause;
  try {
    zone.named_ = date::locate_zone(std::string(name));
    zone.until_ = zone.from_;
    return zone;
  } catch (const std::exception& e) {
    cause = e.what();
  }
  std::string advice;
  try {
    advice = advice_for(name);
  } catch (const std::exception& e) {
    return failure("time-zone", "the time zones can't be read; install the package 'tzdata'",
                   e.what());
  }
  return failure("time-zone", fmt::format("unknown time zone {}{}", quoted(name), advice), cause);
}

std::int64_t time_zone::offset_at(std::int64_t seconds) {
  if (named_ != nullptr && (seconds < from_ || seconds >= until_)) look_up(seconds);
  return offset_;
}

void time_zone::look_up(std::int64_t seconds) {
  const date::sys_seconds time{std::chrono::seconds(seconds)};
  const auto info = static_cast<const date::time_zone*>(named_)->get_info(time);
  offset_ = info.offset.count();
  from_ = info.begin.time_since_epoch().count();
  until_ = info.end.time_since_epoch().count();
}

}  // namespace weir
