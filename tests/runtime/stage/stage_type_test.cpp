#include "runtime/stage/stage_type.hpp"

#include <doctest/doctest.h>

#include "runtime/stage/registry.hpp"

namespace weir {
namespace {

struct options {
  std::vector<column_path> by;
  expression_option where;
  std::uint32_t count = 3;
};

class passer : public transform {
 public:
  explicit passer(const options& from) : count(from.count) {}
  result<void> open(context&) override { return {}; }
  stage_answer process(port_number, const chunk_ptr&, outlet&) override { return answer::wait; }
  using transform::inputs;
  using transform::outputs;
  std::uint32_t count;
};

class emitter final : public source {
 public:
  explicit emitter(const options&) {}
  result<void> open(context&) override { return {}; }
  stage_answer pull(outlet&) override { return answer::end; }
};

class taker final : public sink {
 public:
  explicit taker(const options&) {}
  result<void> open(context&) override { return {}; }
  stage_answer consume(const chunk_ptr&, outlet&) override { return answer::wait; }
};

config_value scalar(const char* text) {
  config_value value;
  value.what = config_value::kind::scalar;
  value.text = text;
  return value;
}

config_value map_of(std::vector<std::pair<std::string, config_value>> entries) {
  config_value value;
  value.what = config_value::kind::map;
  for (auto& [key, inner] : entries) value.entries.push_back({key, {}, std::move(inner)});
  return value;
}

stage_description<passer, options> described() {
  return describe_stage<passer, options>("passer")
      .option("by", &options::by, "Keys.")
      .option("where", &options::where, "A condition.")
      .option("count", &options::count, "How many.");
}

std::shared_ptr<const configured_stage> configured(const stage_type& type,
                                                   const config_value& from = map_of({}),
                                                   std::size_t inputs = 1) {
  problems found;
  auto made = type.configure(from, inputs, found);
  CHECK(found.all().empty());
  return made;
}

TEST_CASE("the kind of a stage decides its ports where nothing is said of them") {
  const stage_type a_source = describe_stage<emitter, options>("emitter");
  CHECK(a_source.kind == stage_kind::source);
  CHECK(a_source.inputs.empty());
  CHECK(a_source.outputs == std::vector<std::string>{"out"});
  const stage_type a_transform = described();
  CHECK(a_transform.kind == stage_kind::transform);
  CHECK(a_transform.inputs == std::vector<std::string>{"in"});
  CHECK(a_transform.outputs == std::vector<std::string>{"out"});
  const stage_type a_sink = describe_stage<taker, options>("taker");
  CHECK(a_sink.kind == stage_kind::sink);
  CHECK(a_sink.inputs == std::vector<std::string>{"in"});
  CHECK(a_sink.outputs.empty());
}

TEST_CASE("an instance has the options and knows its ports") {
  const stage_type type = described().numbered_inputs().outputs(
      [](const options& o) { return std::vector<std::string>(o.count, "port"); });
  CHECK(type.numbered_inputs);
  CHECK(type.has_chosen_outputs);
  const auto made = configured(type, map_of({{"count", scalar("4")}}), 3);
  CHECK(made->inputs() == std::vector<std::string>{"0", "1", "2"});
  CHECK(made->outputs().size() == 4);
  const auto instance = made->make();
  const auto* stage = dynamic_cast<passer*>(std::get<std::unique_ptr<transform>>(instance).get());
  REQUIRE(stage != nullptr);
  CHECK(stage->count == 4);
  CHECK(stage->inputs() == 3);
  CHECK(stage->outputs() == 4);
}

TEST_CASE("a stage that keeps raw wants what its options name and what is wanted below") {
  const stage_type type = described().keeps_raw();
  const auto made = configured(type, map_of({{"by", scalar("a.b")}, {"where", scalar("c > d.e")}}));
  column_demand below;
  below.columns = {"x"};
  below.raw_formats = {"ndjson"};
  const auto wanted = made->demand(0, {below, below});
  CHECK(wanted.columns == std::set<std::string>{"a", "c", "d", "x"});
  CHECK(wanted.raw_formats == below.raw_formats);
  CHECK_FALSE(wanted.all);
  const known_columns in{.fields = {{"a", column_type::int64}}, .complete = true};
  CHECK(made->known(0, {in}).fields == in.fields);
}

TEST_CASE("a stage that says nothing of columns wants all and makes unknown ones") {
  const stage_type type = described();
  const auto made = configured(type);
  CHECK(made->demand(0, {column_demand()}).all);
  CHECK_FALSE(made->known(0, {known_columns{{}, true}}).complete);
}

TEST_CASE("a declaration may say itself what it names, uses, makes and wants") {
  const stage_type type =
      described()
          .names_columns([](const options&) { return std::vector<column_path>{{{"n"}}}; })
          .uses([](const options&, std::vector<expression_use> uses) {
            for (auto& u : uses) u.added_before.push_back({"made", column_type::int64});
            return uses;
          })
          .makes([](const options&, port_number, const std::vector<known_columns>&) {
            return known_columns{{{"m", column_type::string}}, true};
          })
          .wants([](const options&, port_number, const std::vector<column_demand>&) {
            return column_demand{false, {"w"}, {}};
          })
          .holds([](const options& o) { return hold_bound::records(o.count); });
  const auto made = configured(type, map_of({{"by", scalar("a")}, {"where", scalar("c > 1")}}));
  REQUIRE(made->columns().size() == 1);
  CHECK(made->columns()[0].column() == "n");
  REQUIRE(made->expressions().size() == 1);
  CHECK(made->expressions()[0].added_before.size() == 1);
  CHECK(made->known(0, {}).complete);
  CHECK(made->demand(0, {}).columns == std::set<std::string>{"w"});
  CHECK(made->hold().count == 3);
}

TEST_CASE("only a stage that passes every record on is not selective") {
  CHECK_FALSE(static_cast<stage_type>(described()).selective());
  CHECK(static_cast<stage_type>(described().filters()).selective());
  CHECK(static_cast<stage_type>(described().creates()).selective());
}

TEST_CASE("checks beyond single options add their problems") {
  const stage_type type =
      described().checks([](const options& o, const config_value&, problems& found) {
        if (o.count == 13) found.add("unlucky", {}, "13 is not lucky");
      });
  problems found;
  type.configure(map_of({{"count", scalar("13")}}), 1, found);
  REQUIRE(found.all().size() == 1);
  CHECK(found.all()[0].code == "unlucky");
}

TEST_CASE("a registry lists types by kind and name, and finds them") {
  registry all;
  all.add(describe_stage<taker, options>("b_sink"));
  all.add(describe_stage<taker, options>("a_sink"));
  all.add(describe_stage<passer, options>("z_transform"));
  all.add(describe_stage<emitter, options>("m_source"));
  CHECK(all.names() == std::vector<std::string>{"m_source", "z_transform", "a_sink", "b_sink"});
  REQUIRE(all.find("z_transform") != nullptr);
  CHECK(all.find("z_transform")->kind == stage_kind::transform);
  CHECK(all.find("no_such") == nullptr);
}

TEST_CASE("demands of several readers add up") {
  column_demand sum;
  sum.add({false, {"a"}, {"ndjson"}});
  sum.add({false, {"b"}, {}});
  CHECK(sum == column_demand{false, {"a", "b"}, {"ndjson"}});
  sum.add(column_demand::everything());
  CHECK(sum.all);
  sum.add({false, {"a", "c", "d"}, {}, {"a", "c", "d"}});
  CHECK(sum.where_present == std::set<std::string>{"c", "d"});
  sum.add({false, {"d"}, {}});
  CHECK(sum.where_present == std::set<std::string>{"c"});
  CHECK(sum.needs("d"));
  CHECK_FALSE(sum.needs("c"));
}

}  // namespace
}  // namespace weir
