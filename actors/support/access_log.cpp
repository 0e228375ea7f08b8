#include "actors/support/access_log.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "actors/support/log_normal.hpp"
#include "actors/support/weighted_choice.hpp"

namespace weir {
namespace {

// 2026-01-01T00:00:00Z.
constexpr std::int64_t first_time = 1'767'225'600'000'000'000;

struct method_share {
  const char* name;
  double weight;
};
constexpr std::array api_methods = {method_share{"GET", 60}, method_share{"POST", 28},
                                    method_share{"PUT", 8}, method_share{"DELETE", 4}};

struct status_share {
  std::int64_t status;
  double weight;
};
constexpr std::array statuses = {
    status_share{200, 880}, status_share{304, 45}, status_share{404, 32}, status_share{301, 15},
    status_share{500, 8},   status_share{403, 6},  status_share{503, 5},  status_share{401, 4},
    status_share{499, 3},   status_share{502, 2}};

const std::vector<std::string> user_agents = {
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/143.0.0.0 Safari/537.36"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Version/18.5 Mobile/15E148 Safari/604.1"),
    "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0",
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Version/18.5 Safari/605.1.15"),
    "curl/8.17.0",
    "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example/)",
};

std::vector<std::string> host_names() {
  std::vector<std::string> names;
  for (int i = 1; i <= 12; ++i) names.push_back(fmt::format("web-{:02}", i));
  return names;
}

// The paths by how often they are asked for: the front page first, then pages, API and files mixed.
std::vector<std::string> path_names() {
  const std::array pages = {"/products", "/articles", "/users"};
  std::vector<std::string> names = {"/", "/login", "/search", "/cart", "/api/v1/session"};
  for (int i = 1; names.size() < 400; ++i) {
    names.push_back(fmt::format("{}/{}", pages[static_cast<std::size_t>(i) % pages.size()], i));
    if (i % 2 == 0) names.push_back(fmt::format("/api/v1/orders/{}", 1000 + i));
    if (i % 3 == 0) names.push_back(fmt::format("/static/image-{:03}.webp", i));
  }
  return names;
}

template <class List>
std::vector<double> weights_of(const List& shares) {
  std::vector<double> weights;
  for (const auto& s : shares) weights.push_back(s.weight);
  return weights;
}

// The streams of random numbers that several columns follow in step, each with its own copy: so a
// column comes out the same whichever others are made.
class path_stream {
 public:
  explicit path_stream(std::uint64_t seed)
      : choice_(zipf_weights(path_names().size(), 1.05)), random_(random_of(seed, "path")) {}
  std::uint32_t next() { return choice_.pick(random_); }

 private:
  weighted_choice choice_;
  random_source random_;
};

class status_stream {
 public:
  explicit status_stream(std::uint64_t seed)
      : choice_(weights_of(statuses)), random_(random_of(seed, "status")) {}
  std::int64_t next() { return statuses[choice_.pick(random_)].status; }

 private:
  weighted_choice choice_;
  random_source random_;
};

// Makes a column of `Value`, each by a call of `next`.
template <class Value, class Next>
class column_of final : public column_generator {
 public:
  column_of(column_type type, storage_kind storage, Next next)
      : type_(type), storage_(storage), next_(std::move(next)) {}
  column_type type() const override { return type_; }
  column_ptr make(std::uint32_t rows) override {
    auto values = std::make_shared<buffer>(rows * sizeof(Value));
    for (auto& value : values->template as<Value>(rows)) value = next_();
    column::parts parts;
    parts.storage = storage_;
    parts.size = rows;
    parts.values = std::move(values);
    return column::of(std::move(parts));
  }

 private:
  column_type type_;
  storage_kind storage_;
  Next next_;
};

template <class Value, class Next>
std::unique_ptr<column_generator> numbers(column_type type, storage_kind storage, Next next) {
  return std::make_unique<column_of<Value, Next>>(type, storage, std::move(next));
}

template <class Next>
class texts_of final : public column_generator {
 public:
  texts_of(const std::vector<std::string>& texts, Next next)
      : pool_(texts), next_(std::move(next)) {}
  column_type type() const override { return column_type::string; }
  column_ptr make(std::uint32_t rows) override {
    auto refs = std::make_shared<buffer>(rows * sizeof(string_ref));
    for (auto& ref : refs->as<string_ref>(rows)) ref = pool_[next_()];
    return pool_.column_of(std::move(refs), rows);
  }

 private:
  text_pool pool_;
  Next next_;
};

template <class Next>
std::unique_ptr<column_generator> texts(const std::vector<std::string>& pool, Next next) {
  return std::make_unique<texts_of<Next>>(pool, std::move(next));
}

std::unique_ptr<column_generator> chosen(const std::vector<std::string>& pool, double exponent,
                                         random_source random) {
  return texts(pool, [choice = weighted_choice(zipf_weights(pool.size(), exponent)),
                      random]() mutable { return choice.pick(random); });
}

// About 1000 requests a second.
std::unique_ptr<column_generator> times(random_source random) {
  return numbers<std::int64_t>(column_type::timestamp, storage_kind::timestamp,
                               [now = first_time, random]() mutable {
                                 now += std::int64_t{random.below(2000)} * 1000;
                                 return now;
                               });
}

std::unique_ptr<column_generator> methods(std::uint64_t seed) {
  std::vector<std::string> names;
  for (const auto& m : api_methods) names.emplace_back(m.name);
  std::vector<bool> is_api;
  for (const auto& path : path_names()) is_api.push_back(path.starts_with("/api/"));
  return texts(names, [paths = path_stream(seed), is_api, random = random_of(seed, "method"),
                       choice = weighted_choice(weights_of(api_methods))]() mutable {
    const auto method = choice.pick(random);
    return is_api[paths.next()] ? method : 0U;
  });
}

std::unique_ptr<column_generator> sizes(std::uint64_t seed) {
  return numbers<std::int64_t>(
      column_type::int64, storage_kind::int64,
      [status = status_stream(seed), random = random_of(seed, "bytes"),
       body = log_normal(4200, 1.3)]() mutable -> std::int64_t {
        const double drawn = body.draw(random);
        const auto answer = status.next();
        if (answer == 304) return 0;
        return static_cast<std::int64_t>(answer == 200 ? drawn : 180 + std::fmod(drawn, 400));
      });
}

std::unique_ptr<column_generator> durations(std::uint64_t seed) {
  return numbers<double>(column_type::float64, storage_kind::float64,
                         [status = status_stream(seed), random = random_of(seed, "duration_ms"),
                          time = log_normal(38, 0.8)]() mutable {
                           const double drawn = time.draw(random);
                           const auto answer = status.next();
                           const double factor = answer >= 499 ? 11 : answer == 304 ? 0.2 : 1;
                           return std::round(drawn * factor * 1000) / 1000;
                         });
}

}  // namespace

const std::vector<field>& access_log_fields() {
  static const std::vector<field> fields = {
      {"ts", column_type::timestamp},        {"host", column_type::string},
      {"method", column_type::string},       {"path", column_type::string},
      {"status", column_type::int64},        {"bytes", column_type::int64},
      {"duration_ms", column_type::float64}, {"user_agent", column_type::string}};
  return fields;
}

std::vector<std::unique_ptr<column_generator>> access_log_generators(std::uint64_t seed) {
  std::vector<std::unique_ptr<column_generator>> list;
  list.push_back(times(random_of(seed, "ts")));
  list.push_back(chosen(host_names(), 0.7, random_of(seed, "host")));
  list.push_back(methods(seed));
  list.push_back(
      texts(path_names(), [paths = path_stream(seed)]() mutable { return paths.next(); }));
  list.push_back(
      numbers<std::int64_t>(column_type::int64, storage_kind::int64,
                            [status = status_stream(seed)]() mutable { return status.next(); }));
  list.push_back(sizes(seed));
  list.push_back(durations(seed));
  list.push_back(chosen(user_agents, 0.9, random_of(seed, "user_agent")));
  return list;
}

}  // namespace weir
