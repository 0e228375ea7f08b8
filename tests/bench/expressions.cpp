// What an expression costs a record, beside a loop written by hand for it alone.
//
//   expressions [NAME...]
//
// tests/bench/README.md says what is printed and how to read it.

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <stdexcept>

#include "runtime/base/random.hpp"
#include "runtime/data/column_builder.hpp"
#include "runtime/data/records.hpp"
#include "runtime/expression/evaluator.hpp"
#include "runtime/expression/json_path.hpp"
#include "runtime/expression/pattern.hpp"
#include "tests/bench/support/benchmark.hpp"
#include "tests/bench/support/measured.hpp"

namespace weir::testing {
namespace {

constexpr std::uint32_t rows = 4096;
constexpr int rounds = 15;
constexpr double round_ns = 4e6;

// --- the records --------------------------------------------------------------------------------

std::string made_record(random_source& random) {
  constexpr std::string_view hosts[] = {"web-01", "web-02", "web-03.example.com", "db-01",
                                        "cache-01.internal.example.com"};
  constexpr std::string_view paths[] = {"/", "/api/v1/users", "/api/v2/orders/search",
                                        "/static/img/logo.png", "/health"};
  constexpr std::string_view methods[] = {"GET", "GET", "GET", "POST", "HEAD", "DELETE"};
  const auto from = [&](const auto& all) {
    return all[random.below(static_cast<std::uint32_t>(std::size(all)))];
  };
  const bool is_bad = random.below(20) == 0;
  return fmt::format(
      R"({{"status":{},"ms":{}.5,"count":{},"host":"{}","path":"{}{}","method":"{}",)"
      R"("time":"2026-03-{:02}T{:02}:{:02}:07.250Z",)"
      R"("user":{{"id":{},"name":"user number {}","plan":{{"level":{},"trial":{}}}}},)"
      R"("tags":["t{}","t{}","main"]}})",
      is_bad ? 500 + random.below(4) : 200 + random.below(3), random.below(2000),
      random.below(1000), from(hosts), from(paths), random.below(2) == 0 ? "" : "?page=2&size=50",
      from(methods), 1 + random.below(28), random.below(24), random.below(60), random.below(100000),
      random.below(100000), random.below(5), random.below(2) == 0 ? "true" : "false",
      random.below(10), random.below(10));
}

chunk_ptr made_records() {
  random_source random(1);
  std::string lines;
  for (std::uint32_t i = 0; i < rows; ++i) lines += made_record(random) + "\n";
  auto made = chunk_of_json(lines);
  if (!made) throw std::runtime_error(made.error().text);
  return *made;
}

// The same with a declared type a column: that of its values.
chunk_ptr with_types(const chunk_ptr& from) {
  chunk::parts parts = from->all();
  std::vector<field> fields = from->schema().fields();
  for (std::size_t i = 0; i < fields.size(); ++i)
    fields[i].type = type_of(parts.columns[i]->at(0).kind);
  parts.columns_schema = std::make_shared<const schema>(std::move(fields));
  return make_chunk(std::move(parts));
}

// The same stored as where the values of a column do not agree.
chunk_ptr with_cells(const chunk_ptr& from) {
  chunk::parts parts = from->all();
  for (auto& c : parts.columns) {
    column_builder builder;
    builder.append_boolean(true);
    builder.append_int64(1);
    for (std::size_t row = 0; row < c->size(); ++row) builder.append(c->at(row));
    const column_ptr all = builder.finish();
    const auto cells = std::make_shared<buffer>(c->size() * sizeof(cell));
    std::copy(all->cells().begin() + 2, all->cells().end(), cells->as<cell>(c->size()).begin());
    c = column::of({.storage = storage_kind::tagged,
                    .size = c->size(),
                    .validity = nullptr,
                    .values = cells,
                    .texts = nullptr,
                    .data = {all->data().begin(), all->data().end()}});
  }
  return make_chunk(std::move(parts));
}

// --- the loops written by hand ------------------------------------------------------------------

// The columns as somebody would have them who reads just these.
struct plain_columns {
  explicit plain_columns(const chunk& from)
      : status(from.find("status")->int64s()),
        ms(from.find("ms")->float64s()),
        count(from.find("count")->int64s()),
        host(from.find("host")),
        path(from.find("path")),
        method(from.find("method")),
        user(from.find("user")),
        tags(from.find("tags")) {}

  std::span<const std::int64_t> status;
  std::span<const double> ms;
  std::span<const std::int64_t> count;
  const column *host, *path, *method, *user, *tags;
  // What a loop writes into, made once.
  mutable std::vector<std::uint8_t> flags = std::vector<std::uint8_t>(rows);
  mutable std::vector<double> numbers = std::vector<double>(rows);
  mutable std::vector<std::int64_t> wholes = std::vector<std::int64_t>(rows);
  mutable std::vector<std::string> texts = std::vector<std::string>(rows);
};

// Some number that all values go into, so that the two ways can be told to agree.
double sum_of(const column& values) {
  double sum = 0;
  for (std::size_t row = 0; row < values.size(); ++row) {
    const auto v = values.at(row);
    if (v.kind == value_kind::boolean) sum += v.boolean ? 1 : 0;
    if (v.kind == value_kind::int64) sum += static_cast<double>(v.int64);
    if (v.kind == value_kind::float64) sum += v.float64;
    sum += static_cast<double>(v.text.size());
  }
  return sum;
}

template <class Test>
double flag(const plain_columns& c, Test test) {
  for (std::uint32_t row = 0; row < rows; ++row) c.flags[row] = test(row) ? 1 : 0;
  double sum = 0;
  for (const auto f : c.flags) sum += f;
  return sum;
}

template <class T, class Compute>
double fill(std::vector<T>& into, Compute compute) {
  for (std::uint32_t row = 0; row < rows; ++row) into[row] = compute(row);
  double sum = 0;
  for (const auto& v : into) {
    if constexpr (std::is_same_v<T, std::string>) {
      sum += static_cast<double>(v.size());
    } else {
      sum += static_cast<double>(v);
    }
  }
  return sum;
}

struct job {
  const char* name;
  const char* text;
  std::function<double(const plain_columns&)> by_hand;
};

bool has_level(json_reader& reader, std::string_view user, std::int64_t least) {
  static const std::vector<json_step> path = {{"plan", {}}, {"level", {}}};
  return reader.find(user, path)->int64 >= least;
}

std::int64_t level_and_id(json_reader& reader, std::string_view user) {
  static const std::vector<json_step> level = {{"plan", {}}, {"level", {}}};
  static const std::vector<json_step> id = {{"id", {}}};
  return reader.find(user, level)->int64 + reader.find(user, id)->int64;
}

std::vector<job> jobs() {
  const auto reader = std::make_shared<json_reader>();
  const auto regex = std::make_shared<pattern>(std::move(*pattern::compile("^/api/v[0-9]+/")));
  return {
      {"compare", "status >= 500",
       [](const auto& c) { return flag(c, [&](auto row) { return c.status[row] >= 500; }); }},
      {"or", "status >= 500 || ms > 1000",
       [](const auto& c) {
         return flag(c, [&](auto row) { return c.status[row] >= 500 || c.ms[row] > 1000; });
       }},
      {"and_rare", "status >= 500 && path.contains('search')",
       [](const auto& c) {
         return flag(c, [&](auto row) {
           return c.status[row] >= 500 && c.path->string(row).find("search") != std::string::npos;
         });
       }},
      {"int", "count * 2 + status",
       [](const auto& c) {
         return fill(c.wholes, [&](auto row) {
           std::int64_t twice = 0;
           std::int64_t sum = 0;
           if (__builtin_mul_overflow(c.count[row], 2, &twice) ||
               __builtin_add_overflow(twice, c.status[row], &sum))
             throw std::runtime_error("overflow");
           return sum;
         });
       }},
      {"double", "ms * 1.5 + count / 1000.0",
       [](const auto& c) {
         return fill(c.numbers, [&](auto row) {
           return c.ms[row] * 1.5 + static_cast<double>(c.count[row]) / 1000.0;
         });
       }},
      {"round", "math.floor(ms / 10.0)",
       [](const auto& c) {
         return fill(c.numbers, [&](auto row) { return std::floor(c.ms[row] / 10.0); });
       }},
      {"greatest", "math.greatest(count, 500)",
       [](const auto& c) {
         return fill(c.wholes, [&](auto row) { return std::max<std::int64_t>(c.count[row], 500); });
       }},
      {"equal_text", "host == 'web-03.example.com'",
       [](const auto& c) {
         return flag(c, [&](auto row) { return c.host->string(row) == "web-03.example.com"; });
       }},
      {"in_texts", "method in ['POST', 'PUT', 'DELETE']",
       [](const auto& c) {
         return flag(c, [&](auto row) {
           const auto m = c.method->string(row);
           return m == "POST" || m == "PUT" || m == "DELETE";
         });
       }},
      {"begins", "path.startsWith('/api/')",
       [](const auto& c) {
         return flag(c, [&](auto row) { return c.path->string(row).starts_with("/api/"); });
       }},
      {"contains", "path.contains('search')",
       [](const auto& c) {
         return flag(
             c, [&](auto row) { return c.path->string(row).find("search") != std::string::npos; });
       }},
      {"matches", "path.matches('^/api/v[0-9]+/')",
       [regex](const auto& c) {
         return flag(c, [&](auto row) { return regex->matches(c.path->string(row)); });
       }},
      {"size_twice", "size(path) > 5 && size(path) < 20",
       [](const auto& c) {
         return flag(c, [&](auto row) {
           const auto size = c.path->string(row).size();
           return size > 5 && size < 20;
         });
       }},
      {"choose", "status >= 500 ? 'bad' : 'good'",
       [](const auto& c) {
         return fill(c.texts, [&](auto row) { return c.status[row] >= 500 ? "bad" : "good"; });
       }},
      {"join", "host + ':' + method",
       [](const auto& c) {
         return fill(c.texts, [&](auto row) {
           return std::string(c.host->string(row)) + ":" + std::string(c.method->string(row));
         });
       }},
      {"upper", "host.upperAscii()",
       [](const auto& c) {
         return fill(c.texts, [&](auto row) {
           std::string text(c.host->string(row));
           for (char& x : text)
             if (x >= 'a' && x <= 'z') x = static_cast<char>(x ^ 0x20);
           return text;
         });
       }},
      {"substring", "path.substring(0, path.indexOf('/', 1) + 1)",
       [](const auto& c) {
         return fill(c.texts, [&](auto row) {
           const auto path = c.path->string(row);
           const auto found = path.find('/', 1);
           return std::string(path.substr(0, found == std::string::npos ? 0 : found + 1));
         });
       }},
      {"path", "user.plan.level >= 3",
       [reader](const auto& c) {
         return flag(c, [&](auto row) { return has_level(*reader, c.user->string(row), 3); });
       }},
      {"path_twice", "user.plan.level >= 1 && user.plan.level < 4",
       [reader](const auto& c) {
         return flag(c, [&](auto row) {
           const auto user = c.user->string(row);
           return has_level(*reader, user, 1) && !has_level(*reader, user, 4);
         });
       }},
      {"two_paths", "user.plan.level + user.id",
       [reader](const auto& c) {
         return fill(c.wholes,
                     [&](auto row) { return level_and_id(*reader, c.user->string(row)); });
       }},
      {"exists", "tags.exists(t, t == 't7')",
       [reader](const auto& c) {
         return flag(c, [&](auto row) {
           return *reader->any(c.tags->string(row),
                               [](const value_view& item) { return item.text == "t7"; });
         });
       }},
      {"hours", "timestamp(time).getHours('Europe/Vienna')", nullptr},
      {"format", "'%s %d'.format([host, status])",
       [](const auto& c) {
         return fill(c.texts, [&](auto row) {
           return fmt::format("{} {}", c.host->string(row), c.status[row]);
         });
       }},
  };
}

// --- measuring ----------------------------------------------------------------------------------

// Of this thread, so that what others do on the machine counts less.
double cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// Nanoseconds of CPU a record of a run that takes about `round_ns`.
template <class Run>
double measured(Run run) {
  std::uint64_t times = 0;
  const double start = cpu_ns();
  double taken = 0;
  do {
    run();
    ++times;
    taken = cpu_ns() - start;
  } while (taken < round_ns);
  return taken / static_cast<double>(times) / rows;
}

class measurement {
 public:
  measurement()
      : dynamic_(made_records()), typed_(with_types(dynamic_)), cells_(with_cells(dynamic_)) {}

  void print(const job& what) const {
    const auto made = expression::parse(what.text);
    if (!made) throw std::runtime_error(fmt::format("'{}' is no expression", what.text));
    evaluator typed(*made);
    evaluator dynamic(*made);
    evaluator cells(*made);
    const plain_columns plain(*dynamic_);
    check_same(what, plain, typed);
    std::vector<double> by_hand, by_typed, by_dynamic, by_cells;
    volatile double kept = 0;
    for (int i = 0; i < rounds; ++i) {
      if (what.by_hand) by_hand.push_back(measured([&] { kept = what.by_hand(plain); }));
      by_typed.push_back(measured([&] { typed.evaluate(*typed_); }));
      by_dynamic.push_back(measured([&] { dynamic.evaluate(*dynamic_); }));
      by_cells.push_back(measured([&] { cells.evaluate(*cells_); }));
    }
    const double hand = what.by_hand ? spread_of(by_hand).median : 0;
    const double fast = spread_of(by_typed).median;
    const double open = spread_of(by_dynamic).median;
    fmt::print("{:<12}{:>8}{:>9.2f}{:>9.2f}{:>9.2f}{:>11}{:>13.2f}  {}\n", what.name,
               what.by_hand ? fmt::format("{:.2f}", hand) : "-", fast, open,
               spread_of(by_cells).median, what.by_hand ? fmt::format("{:.2f}", hand / fast) : "-",
               fast / open, what.text);
    std::fflush(stdout);
  }

 private:
  void check_same(const job& what, const plain_columns& plain, evaluator& run) const {
    const auto found = run.evaluate(*typed_);
    if (!found.errors.empty()) throw std::runtime_error(found.errors.front().text);
    if (!what.by_hand) return;
    const double wanted = what.by_hand(plain);
    const double sum = sum_of(*found.values);
    if (std::abs(wanted - sum) > 1e-6 * std::abs(wanted))
      throw std::runtime_error(fmt::format("'{}' gives {}, by hand {}", what.text, sum, wanted));
  }

  chunk_ptr dynamic_, typed_, cells_;
};

}  // namespace

void run_benchmark(const std::vector<std::string>& arguments) {
  fmt::print("nanoseconds of CPU a record, medians of {} rounds over {} records; {}\n\n", rounds,
             rows, machine_load());
  fmt::print("{:<12}{:>8}{:>9}{:>9}{:>9}{:>11}{:>13}\n", "", "by hand", "typed", "dynamic", "cells",
             "hand/typed", "typed/dynamic");
  const measurement over;
  for (const auto& what : jobs())
    if (is_chosen(arguments, what.name)) over.print(what);
}

}  // namespace weir::testing
