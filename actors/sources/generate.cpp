#include "actors/sources/generate.hpp"

#include <algorithm>
#include <limits>

#include "actors/support/access_log.hpp"

namespace weir::sources {
namespace {

constexpr std::uint64_t chunk_bytes = 256 * 1024;
constexpr std::uint64_t chunk_rows_max = 64 * 1024;
// Records of a rate are made in groups, not one by one.
constexpr auto pause_least = std::chrono::milliseconds(10);

std::uint64_t bytes_of(column_type type) {
  return type == column_type::string ? sizeof(string_ref) : sizeof(std::int64_t);
}

}  // namespace

result<void> generate::open(context& in) {
  context_ = &in;
  began_ = in.now();
  const std::uint64_t seed = options_.seed ? *options_.seed : in.random().next();
  if (options_.preset == generate_preset::access_log) {
    auto makers = access_log_generators(seed);
    for (std::size_t i = 0; i < makers.size(); ++i)
      add(access_log_fields()[i], std::move(makers[i]));
  }
  for (const auto& [name, what] : options_.columns)
    add({name, type_of(what), true}, make_generator(what, random_of(seed, name)));
  std::uint64_t row_bytes = 1;
  for (const auto& f : fields_) row_bytes += bytes_of(f.type);
  chunk_rows_ = static_cast<std::uint32_t>(std::min(chunk_bytes / row_bytes + 1, chunk_rows_max));
  schema_ = std::make_shared<const schema>(fields_);
  return {};
}

// Makes only what somebody reads.
void generate::add(field about, std::unique_ptr<column_generator> maker) {
  const auto& wanted = context_->demand(0);
  if (!wanted.all && wanted.raw_formats.empty() && !wanted.columns.contains(about.name)) return;
  fields_.push_back(std::move(about));
  makers_.push_back(std::move(maker));
}

// How many records may have been made by now.
std::uint64_t generate::due() const {
  if (!options_.rate) return std::numeric_limits<std::uint64_t>::max();
  const time_point now = context_->now();
  const double seconds = std::chrono::duration<double>(now - began_).count();
  auto count = static_cast<std::uint64_t>(seconds * *options_.rate);
  // Rounding: a record whose time has come is due, or it would be asked for in vain.
  while (time_of(count) <= now) ++count;
  return count;
}

time_point generate::time_of(std::uint64_t record) const {
  const std::chrono::duration<double> after(static_cast<double>(record) / *options_.rate);
  return began_ + std::chrono::ceil<nanoseconds>(after);
}

stage_answer generate::pull(outlet& out) {
  const std::uint64_t last = options_.count.value_or(std::numeric_limits<std::uint64_t>::max());
  // Nothing was taken from an input that would be lost.
  if (context_->stopping()) return made_ == last ? answer::end : answer::more;
  const std::uint64_t until = std::min(last, due());
  if (made_ < until) {
    chunk::parts parts;
    parts.columns_schema = schema_;
    parts.rows = static_cast<std::uint32_t>(std::min<std::uint64_t>(until - made_, chunk_rows_));
    for (const auto& maker : makers_) parts.columns.push_back(maker->make(parts.rows));
    made_ += parts.rows;
    out.emit(make_chunk(std::move(parts)));
  }
  if (made_ == last) return answer::end;
  if (made_ < until || !options_.rate) return answer::more;
  out.pass(0, {mark::kind::flush});
  context_->wake_at(std::max(time_of(made_), context_->now() + pause_least));
  return answer::wait;
}

namespace {

known_columns columns_made(const generate_options& options) {
  known_columns made{.fields = {}, .complete = true};
  if (options.preset == generate_preset::access_log) made.fields = access_log_fields();
  for (const auto& [name, what] : options.columns) made.fields.push_back({name, type_of(what)});
  return made;
}

void check_options(const generate_options& options, const config_value& from, problems& found) {
  const config_value* columns = from.find("columns");
  if (from.find("preset") == nullptr && (columns == nullptr || columns->entries.empty()))
    found.add("missing-option", from.place.start,
              "there is nothing to make; give 'preset' or 'columns'");
  if (options.preset != generate_preset::access_log || columns == nullptr) return;
  const auto in = found.enter("option 'columns'");
  for (const auto& entry : columns->entries)
    for (const auto& f : access_log_fields())
      if (f.name == entry.key)
        found.add("duplicate-column", entry.key_place,
                  fmt::format("the preset makes a column {} too", quoted(entry.key)));
}

}  // namespace

stage_type generate_stage() {
  return describe_stage<generate, generate_options>("generate")
      .summary("Invents records: for trying out pipelines, and for measuring them.")
      .description(
          "The preset `access_log` makes the columns ts, host, method, path, status, bytes, "
          "duration_ms and user_agent of a web server's log, a thousand requests a second from "
          "2026-01-01 on.\n\n"
          "Under `columns` stands a generator for each column: `{counter: 1, step: 1}` counts, "
          "`{uniform: [0, 100]}` draws whole numbers, both ends included (`[0.0, 1.0]` draws "
          "numbers with a point), `{one_of: [a, b], weights: [3, 1]}` draws from a list, "
          "`{clock: \"2026-01-01T00:00:00Z\", step: 1s}` tells times, and a plain value is the "
          "same for every record.")
      .option("count", &generate_options::count, "Records made; without it there is no end.",
              between{std::uint64_t{0}, std::uint64_t{1'000'000'000'000'000}})
      .option("rate", &generate_options::rate,
              "Records a second; without it as many as the stages below take.", between{0.001, 1e9})
      .option("seed", &generate_options::seed,
              "The same seed gives the same records; without it the run's seed counts.")
      .option("preset", &generate_options::preset, "Columns that are made without saying how.",
              {choice{"none", generate_preset::none, "those under `columns` alone"},
               choice{"access_log", generate_preset::access_log, "the log of a web server"}})
      .option("columns", &generate_options::columns,
              "Columns by name, each with what its values are made of.")
      .checks(check_options)
      .makes([](const generate_options& options, port_number, const std::vector<known_columns>&) {
        return columns_made(options);
      })
      .holds_nothing()
      .runs_again()
      .example("{preset: access_log, count: 100000, seed: 1}")
      .example(
          "{rate: 10, columns: {id: {counter: 1}, host: {one_of: [a, b]}, "
          "x: {uniform: [0, 100]}, ts: {clock: \"2026-01-01T00:00:00Z\", step: 100ms}}}");
}

}  // namespace weir::sources
