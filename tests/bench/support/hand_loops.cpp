#include "tests/bench/support/hand_loops.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <unordered_map>

#include "runtime/base/number.hpp"
#include "tests/bench/support/ndjson_loop.hpp"

namespace weir::testing {
namespace {

// Text gathered for a file.
class text_file {
 public:
  explicit text_file(const std::string& path)
      : file_(std::fopen(path.c_str(), "wb"), &std::fclose) {
    if (!file_) throw std::runtime_error("'" + path + "' could not be opened");
    std::setvbuf(file_.get(), nullptr, _IONBF, 0);
  }
  std::string text;

  void write_some() {
    if (text.size() >= 256 * 1024) write();
  }
  void write() {
    if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size())
      throw std::runtime_error("the output could not be written");
    text.clear();
  }

 private:
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

bool is_missing(std::string_view text) { return text.empty() || text == "null"; }

double number_of(std::string_view text) {
  const auto number = parse_float64(text);
  if (!number) throw std::runtime_error("a value is not a number");
  return *number;
}

// Integers are compared as such, so that those beyond 2^53 are too.
bool is_at_least(std::string_view text, std::int64_t least) {
  if (const auto whole = parse_int64(text)) return *whole >= least;
  return number_of(text) >= static_cast<double>(least);
}

struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

struct group {
  std::uint64_t requests = 0;
  std::uint64_t timed = 0;
  double sum_ms = 0;
};

}  // namespace

void count_by_hand(const std::vector<std::string>& inputs, const std::string& output) {
  std::uint64_t count = 0;
  ndjson_loop<1> loop({"status"});
  loop.each_record(inputs, [&](const auto& record) {
    if (is_missing(record[0])) return;
    if (!parse_int64(record[0])) number_of(record[0]);
    ++count;
  });
  text_file file(output);
  file.text = fmt::format("{{\"requests\":{}}}\n", count);
  file.write();
}

void filter_by_hand(const std::vector<std::string>& inputs, const std::string& output) {
  constexpr std::string_view starts[] = {"\"ts\":", "\"host\":", "\"path\":", "\"status\":"};
  text_file file(output);
  ndjson_loop<5> loop({"ts", "host", "path", "status", "duration_ms"});
  loop.each_record(inputs, [&](const auto& record) {
    if (is_missing(record[3]) || !is_at_least(record[3], 500)) return;
    char before = '{';
    for (std::size_t i = 0; i < 4; ++i) {
      if (is_missing(record[i])) continue;
      file.text += before;
      (file.text += starts[i]) += record[i];
      before = ',';
    }
    if (!is_missing(record[4])) {
      file.text += ",\"duration_s\":";
      append_number(file.text, number_of(record[4]) / 1000);
    }
    file.text += "}\n";
    file.write_some();
  });
  file.write();
}

void group_by_hand(const std::vector<std::string>& inputs, const std::string& output) {
  std::unordered_map<std::string, group, text_hash, std::equal_to<>> groups;
  ndjson_loop<2> loop({"host", "duration_ms"});
  loop.each_record(inputs, [&](const auto& record) {
    if (is_missing(record[0])) throw std::runtime_error("a record has no host");
    auto found = groups.find(record[0]);
    if (found == groups.end()) found = groups.emplace(record[0], group()).first;
    group& of_host = found->second;
    ++of_host.requests;
    if (is_missing(record[1])) return;
    ++of_host.timed;
    of_host.sum_ms += number_of(record[1]);
  });
  text_file file(output);
  for (const auto& [host, of_host] : std::map(groups.begin(), groups.end())) {
    file.text += fmt::format("{{\"host\":{},\"requests\":{},\"mean_ms\":", host, of_host.requests);
    append_number(file.text, of_host.sum_ms / static_cast<double>(of_host.timed));
    file.text += "}\n";
  }
  file.write();
}

}  // namespace weir::testing
