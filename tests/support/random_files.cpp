#include "tests/support/random_files.hpp"

#include <fmt/format.h>

#include <utility>

#include "runtime/base/random.hpp"

namespace weir::testing {
namespace {

// An output that others may read.
struct open_port {
  std::string from;
  bool ordered = true;
  bool has_columns = true;  // those of the input: `n`, `host`, `v`, `note`
  bool is_of_rejected = false;
  bool is_read = false;
};

class inventor {
 public:
  explicit inventor(std::uint64_t seed) : random_(seed) {}

  file_pipeline make() && {
    for (auto left = 1 + random_.below(2); left > 0; --left) add_source();
    for (auto left = 1 + random_.below(7); left > 0; --left) add_stage();
    for (std::size_t i = 0; i < ports_.size(); ++i)
      if (one_in(6) || (!ports_[i].is_read && !one_in(4))) add_sink(i);
    if (made_.outputs.empty()) add_sink(ports_.size() - 1);
    return std::move(made_);
  }

 private:
  bool one_in(std::uint32_t count) { return random_.below(count) == 0; }
  std::uint32_t between(std::uint32_t least, std::uint32_t most) {
    return least + random_.below(most - least + 1);
  }
  template <std::size_t Count>
  const char* pick(const char* const (&list)[Count]) {
    return list[random_.below(Count)];
  }

  // --- input ----------------------------------------------------------------------------------

  std::string number_or_nothing() {
    switch (random_.below(4)) {
      case 0:
        return "";
      case 1:
        return fmt::format("{}.5", random_.below(20));
      default:
        return std::to_string(random_.below(20));
    }
  }

  std::string input_text(const std::string& ending) {
    std::string text = ending == "csv" ? "n,host,v,note\n" : "";
    const auto count = random_.below(90);
    for (std::uint32_t n = 0; n < count; ++n) {
      const auto host = fmt::format("web-{}", random_.below(5));
      const auto v = number_or_nothing();
      const char* note = pick({"a", "17", "some longer text that fits nowhere", "\u00e9\u20ac"});
      const bool is_broken = one_in(12);
      if (ending == "csv") {
        text += fmt::format("{},{},{},{}{}\n", n, host, v, note, is_broken ? ",more" : "");
      } else if (ending == "ndjson") {
        text += fmt::format(R"({{"n":{},"host":"{}",{}"note":"{}"}}{})", n, host,
                            v.empty() ? v : "\"v\": " + v + ",", note, is_broken ? "}\n" : "\n");
      } else {
        text += fmt::format("{}{} {} {} {}\n", is_broken ? "x" : "", n, host, v, note);
      }
    }
    return text;
  }

  void add_source() {
    const auto number = made_.inputs.size() + 1;
    const std::string ending = pick({"ndjson", "csv", "log"});
    const auto file = fmt::format("{}.{}", number, ending);
    made_.inputs[file] = input_text(ending);
    bool ordered = true;
    const auto read = add("read_file", fmt::format("path: \"@in/{}\"{}", file, workers(ordered)));
    add_rejected(read);
    auto last = add("rechunk", fmt::format("from: {}, records: @n, linger: 1h", read));
    if (ending == "log") {
      last = add("parse", fmt::format("from: {}, types: {{n: int, v: double}}, regex: '{}'{}", last,
                                      R"(^(?<n>\d+) (?<host>[^ ]+) (?<v>[0-9.]+)? ?(?<note>.*)$)",
                                      workers(ordered)));
      add_rejected(last);
    }
    ports_.push_back({.from = last, .ordered = ordered});
  }

  // --- stages ---------------------------------------------------------------------------------

  std::string add(const std::string& type, const std::string& options) {
    auto name = fmt::format("s{}", ++stages_);
    made_.stages += fmt::format("  - {{name: {}, type: {}, {}}}\n", name, type, options);
    return name;
  }

  // Workers for a stage, or none; `ordered` is what becomes of the order.
  std::string workers(bool& ordered) {
    if (!one_in(3)) return "";
    const bool gives_up = one_in(3);
    if (gives_up) ordered = false;
    return fmt::format(", workers: {}{}", between(2, 3), gives_up ? ", ordered: false" : "");
  }

  std::string credit() {
    return one_in(3) ? fmt::format(", credit: {{chunks: {}}}", between(1, 3)) : "";
  }

  // One of the ports with the input's columns, of which the first is always one; it counts as read.
  std::size_t any_port() {
    for (;;) {
      const auto i = random_.below(static_cast<std::uint32_t>(ports_.size()));
      if (!ports_[i].has_columns) continue;
      ports_[i].is_read = true;
      return i;
    }
  }

  void add_rejected(const std::string& stage) {
    if (one_in(2)) return;
    // The time of a refusal differs from run to run.
    const auto timeless = add("map", fmt::format("from: {}.rejected, drop: [time]", stage));
    ports_.push_back(
        {.from = timeless, .ordered = false, .has_columns = false, .is_of_rejected = true});
  }

  void add_stage() {
    const auto kind = random_.below(10);
    if (kind == 9) return add_pair();
    auto from = any_port();
    std::string reads = ports_[from].from;
    bool ordered = ports_[from].ordered;
    if (kind == 8) {
      const auto other = any_port();
      if (other != from) {
        reads = fmt::format("[{}, {}]", reads, ports_[other].from);
        ordered = false;
      }
    }
    const auto head = fmt::format("from: {}{}", reads, credit());
    switch (kind) {
      case 0:
        if (ordered) return add_head(head);
        return add_filter(head, ordered);
      case 1:
        return add_groups(head);
      case 2:
      case 3:
        return add_route(head, ordered);
      case 4:
      case 5:
        return add_map(head, ordered);
      default:
        return add_filter(head, ordered);
    }
  }

  void add_filter(const std::string& head, bool ordered) {
    const auto with = workers(ordered);
    const auto name =
        add("filter", fmt::format("{}, where: \"{}\"{}", head,
                                  pick({"n % 3 != 0", "v > 5", "host != 'web-1'", "int(note) > 0",
                                        "10 / (n % 4) > 3", "size(note) < 10 || v == null"}),
                                  with));
    ports_.push_back({.from = name, .ordered = ordered});
    add_rejected(name);
  }

  void add_map(const std::string& head, bool ordered) {
    const auto with = workers(ordered);
    const auto name = add(
        "map", fmt::format("{}, set: {{m{}: \"{}\"}}{}", head, stages_,
                           pick({"n * 2", "v + n", "host + note", "int(note)", "n > 5 ? v : host"}),
                           with));
    ports_.push_back({.from = name, .ordered = ordered});
    add_rejected(name);
  }

  void add_route(const std::string& head, bool ordered) {
    const auto with = workers(ordered);
    const auto name =
        add("route", fmt::format("{}, routes: {{one: \"{}\", two: \"{}\"}}{}", head,
                                 pick({"n < 30", "v > 10", "host == 'web-2'"}),
                                 pick({"n % 2 == 0", "int(note) > 1", "v == null"}), with));
    for (const char* port : {"one", "two", "other"})
      ports_.push_back({.from = fmt::format("{}.{}", name, port), .ordered = ordered});
    add_rejected(name);
  }

  void add_head(const std::string& head) {
    made_.takes_all = false;
    ports_.push_back({.from = add("head", fmt::format("{}, count: {}", head, between(1, 60)))});
  }

  void add_groups(const std::string& head) {
    const auto name = add(
        "aggregate",
        head +
            ", by: [host], compute: {c: count(), s: sum(n), lo: min(n), hi: max(v), d: count(v)}");
    ports_.push_back({.from = name, .has_columns = false});
    add_rejected(name);
  }

  // Two computed columns side by side.
  void add_pair() {
    const auto from = any_port();
    if (!ports_[from].ordered) return;
    const auto branch = [&](const char* set) {
      const auto with = one_in(3) ? ", workers: 2" : "";
      return add("map",
                 fmt::format("from: {}{}, set: {{{}}}{}", ports_[from].from, credit(), set, with));
    };
    const auto left = branch("l: n * 3");
    const auto right = branch("r: host");
    ports_.push_back(
        {.from = add("zip", fmt::format("from: [{}, {}], on_conflict: first", left, right))});
  }

  void add_sink(std::size_t port) {
    ports_[port].is_read = true;
    // The columns of a csv file are those of its first record.
    const bool csv = ports_[port].ordered && one_in(3);
    const auto file = fmt::format("{}.{}", made_.outputs.size() + 1, csv ? "csv" : "ndjson");
    const auto name = add("write_file", fmt::format("from: {}, path: \"@out/{}\"{}",
                                                    ports_[port].from, file, credit()));
    made_.outputs.push_back({name, file, ports_[port].is_of_rejected});
  }

  random_source random_;
  file_pipeline made_;
  std::vector<open_port> ports_;
  int stages_ = 0;
};

}  // namespace

file_pipeline make_file_pipeline(std::uint64_t seed) { return inventor(seed).make(); }

}  // namespace weir::testing
