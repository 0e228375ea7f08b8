#include "tests/bench/support/made_input.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "runtime/base/random.hpp"

namespace weir::testing {
namespace {

constexpr std::array<std::string_view, 3> regions{"eu-north", "us-central", "ap-east"};
constexpr std::array<std::string_view, 8> methods{"GET", "GET", "GET",  "GET",
                                                  "GET", "PUT", "POST", "DELETE"};
constexpr std::array<std::string_view, 6> things{"users",  "orders",   "baskets",
                                                 "images", "payments", "sessions"};
constexpr std::array<std::string_view, 5> agents{
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0 Safari",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:119.0) Gecko/20100101 Firefox/119.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 13_6) AppleWebKit/605.1.15 (KHTML, like Gecko)",
    "probe/2.4 (+https://status.example.org)", "curl/7.88.1"};
// Backslashes as they stand in the file: two lines of ten have some.
constexpr std::array<std::string_view, 5> notes{
    "request completed", "served from cache", "origin asked, then kept", "client left early",
    R"(the backend \"stock\" was slow, caf\u00e9 page)"};

template <std::size_t Count>
std::string_view any_of(const std::array<std::string_view, Count>& list, random_source& random) {
  return list[random.below(Count)];
}

int status(random_source& random) {
  const auto of_thousand = random.below(1000);
  if (of_thousand < 28) return 500 + static_cast<int>(random.below(5));
  if (of_thousand < 90) return 401 + static_cast<int>(random.below(4));
  return of_thousand < 130 ? 304 : 200;
}

void append_event(std::string& out, std::uint64_t microseconds, random_source& random) {
  const auto seconds = microseconds / 1'000'000;
  const auto host = std::min(random.below(64), random.below(64));
  const int code = status(random);
  fmt::format_to(
      std::back_inserter(out),
      R"({{"ts":"2026-03-{:02}T{:02}:{:02}:{:02}.{:06}Z","level":"{}","host":"web-{:02}.{}",)"
      R"("method":"{}","path":"/api/v1/{}/{}","status":{},"bytes":{},"duration_ms":{}.{:03},)"
      R"("user_agent":"{}","msg":"{}"}})"
      "\n",
      1 + seconds / 86'400 % 28, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60,
      microseconds % 1'000'000, code >= 500 ? "error" : "info", host, regions[host % 3],
      any_of(methods, random), any_of(things, random), random.below(20'000), code,
      random.below(64U << random.below(12)), random.below(4U << random.below(9)),
      random.below(1000), any_of(agents, random), any_of(notes, random));
}

void append_log_line(std::string& out, std::uint64_t microseconds, random_source& random) {
  const auto seconds = microseconds / 1'000'000;
  const auto of_referers = random.below(3);
  const std::string referer =
      of_referers == 0 ? fmt::format("https://example.org/{}", any_of(things, random)) : "-";
  fmt::format_to(std::back_inserter(out),
                 "{}.{}.{}.{} - {} [{:02}/Mar/2026:{:02}:{:02}:{:02} +0000] "
                 "\"{} /api/v1/{}/{} HTTP/1.1\" {} {} \"{}\" \"{}\"\n",
                 10 + random.below(200), random.below(256), random.below(256), random.below(256),
                 random.below(20) == 0 ? fmt::format("user{}", random.below(500)) : "-",
                 1 + seconds / 86'400 % 28, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60,
                 any_of(methods, random), any_of(things, random), random.below(20'000),
                 status(random), 1 + random.below(64U << random.below(12)), referer,
                 any_of(agents, random));
}

void append_reading(std::string& out, std::uint64_t id, std::uint64_t microseconds,
                    random_source& random) {
  const auto coordinate = [&] {
    return fmt::format("{}{}.{:03}", random.below(2) == 0 ? "-" : "", random.below(1000),
                       random.below(1000));
  };
  const auto x = coordinate();
  const auto y = coordinate();
  fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{}.{},{}\n", id,
                 1'772'323'200'000 + microseconds / 1000, random.below(500), x, y, coordinate(),
                 random.below(60), random.below(10), random.below(100'000));
}

// Records until there are so many bytes, each some time after the one before.
template <class Append>
void write_records(const std::string& path, byte_size size, const std::string& header,
                   Append append) {
  constexpr std::size_t text_bytes = 256 * 1024;
  std::ofstream file(path, std::ios::binary);
  random_source random(1);
  std::uint64_t microseconds = 0;
  std::uint64_t written = 0;
  std::string text = header;
  while (written < size.bytes) {
    while (text.size() < text_bytes) {
      microseconds += random.below(2000);
      append(text, microseconds, random);
    }
    file << text;
    written += text.size();
    text.clear();
  }
  if (!file.flush()) throw std::runtime_error("'" + path + "' could not be written");
}

}  // namespace

scratch_folder::scratch_folder() {
  // mkdtemp puts letters of its choice in the place of the last six.
  const std::string name = "weir-bench-" + std::string(6, 'X');
  std::string path = std::filesystem::temp_directory_path() / name;
  if (::mkdtemp(path.data()) == nullptr)
    throw std::system_error(errno, std::generic_category(), path);
  path_ = path;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void write_events(const std::string& path, byte_size size) {
  write_records(path, size, "", append_event);
}

void write_access_log(const std::string& path, byte_size size) {
  write_records(path, size, "", append_log_line);
}

void write_readings(const std::string& path, byte_size size) {
  std::uint64_t id = 0;
  write_records(path, size, "id,ts_ms,sensor,x,y,z,temp,count\n",
                [&](std::string& out, std::uint64_t microseconds, random_source& random) {
                  append_reading(out, ++id, microseconds, random);
                });
}

}  // namespace weir::testing
