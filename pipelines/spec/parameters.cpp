#include "pipelines/spec/parameters.hpp"

#include <fmt/format.h>

#include "pipelines/spec/pipeline_spec.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

enum class parameter_type : std::uint8_t { any, text, integer, number, truth, duration, size };

// What may be said of a param in the file.
struct declaration {
  parameter_type type = parameter_type::any;
  std::string documentation;
};

const option_set<declaration>& declaration_keys() {
  static const option_set<declaration> keys = [] {
    option_set<declaration> set;
    set.add("type", &declaration::type, "What its values are; without it any.",
            {choice{"string", parameter_type::text, "any text"},
             choice{"int", parameter_type::integer, "a whole number"},
             choice{"double", parameter_type::number, "a number"},
             choice{"bool", parameter_type::truth, "true or false"},
             choice{"duration", parameter_type::duration, "as in 250ms"},
             choice{"size", parameter_type::size, "as in 64KiB"}});
    set.add("documentation", &declaration::documentation, "What it is for.");
    return set;
  }();
  return keys;
}

template <class T>
bool reads_as(const config_value& value, problems& found) {
  T into{};
  return option_type<T>::read(value, into, found);
}

bool fits(const std::string& type, const config_value& value, problems& found) {
  if (type == "int") return reads_as<std::int64_t>(value, found);
  if (type == "double") return reads_as<double>(value, found);
  if (type == "bool") return reads_as<bool>(value, found);
  if (type == "duration") return reads_as<std::chrono::nanoseconds>(value, found);
  if (type == "size") return reads_as<byte_size>(value, found);
  return true;
}

}  // namespace

const std::vector<option_declaration>& param_keys() {
  static const std::vector<option_declaration> keys = [] {
    auto all = declaration_keys().declarations();
    all.push_back({.name = "default",
                   .type = "any single value",
                   .documentation = "What it is where it is not given; may be '${NAME}', of the "
                                    "environment."});
    return all;
  }();
  return keys;
}

parameters::parameters(const config_value* declared, const std::vector<std::string>& given,
                       environment variables, problems& found)
    : variables_(std::move(variables)), found_(found) {
  if (declared != nullptr && declared->what != config_value::kind::null) {
    if (!declared->is_map())
      found_.add("wrong-type", declared->place.start,
                 fmt::format("'params' is a map of names, as in {{threshold: {{default: 500}}}}, "
                             "not {}",
                             described(*declared)));
    for (const auto& entry : declared->entries) declare(entry);
  }
  for (const auto& argument : given) give(argument);
}

void parameters::declare(const config_entry& entry) {
  const auto in = found_.enter(fmt::format("param {}", quoted(entry.key)));
  if (!is_name(entry.key))
    found_.add("odd-name", entry.key_place,
               fmt::format("{} is not a name; {}", quoted(entry.key), name_rule));
  parameter& made = all_.emplace_back();
  made.name = entry.key;
  made.place = entry.key_place;
  if (!entry.value.is_map() && entry.value.what != config_value::kind::null) {
    made.is_broken = true;
    found_.add("wrong-type", entry.value.place.start,
               fmt::format("a param is described by a map, as in {{default: {}}}",
                           entry.value.is_scalar() ? entry.value.text : "500"));
    return;
  }
  config_value about = entry.value;
  std::optional<config_value> otherwise;
  for (auto at = about.entries.begin(); at != about.entries.end(); ++at)
    if (at->key == "default") {
      otherwise = std::move(at->value);
      about.entries.erase(at);
      break;
    }
  declaration known;
  declaration_keys().read(about, known, found_);
  if (const config_value* type = about.find("type")) made.type = type->text;
  if (!otherwise) return;
  const auto in_default = found_.enter("default");
  substitution from_environment(
      [this](const std::string& name, bool) { return substitution::answer{variables_(name)}; }, {},
      found_);
  made.is_broken = !from_environment.fill(*otherwise);
  if (made.is_broken) return;
  if (!otherwise->is_scalar() && otherwise->what != config_value::kind::null) {
    made.is_broken = true;
    found_.add("wrong-type", otherwise->place.start,
               fmt::format("{} is not a single value", described(*otherwise)));
    return;
  }
  made.value = otherwise->text;
  if (otherwise->is_scalar()) made.is_broken = !fits(made.type, *otherwise, found_);
}

void parameters::give(const std::string& argument) {
  config_value value;
  value.what = config_value::kind::scalar;
  value.place.start.file = std::make_shared<const std::string>("--param " + argument);
  const auto equals = argument.find('=');
  if (equals == std::string::npos) {
    found_.add("odd-argument", value.place.start, "write it as 'name=value'");
    return;
  }
  const std::string name = argument.substr(0, equals);
  value.text = argument.substr(equals + 1);
  parameter* const known = find(name);
  if (known == nullptr) {
    const auto declared = names();
    found_.add("unknown-param", value.place.start,
               declared.empty() ? "the pipeline has no params"
                                : fmt::format("unknown param {}{}", quoted(name),
                                              did_you_mean(name, declared, "params")));
    return;
  }
  const auto in = found_.enter(fmt::format("param {}", quoted(name)));
  known->value = value.text;
  known->is_broken = !fits(known->type, value, found_);
}

parameters::parameter* parameters::find(std::string_view name) {
  for (auto& p : all_)
    if (p.name == name) return &p;
  return nullptr;
}

substitution::answer parameters::value(const std::string& name, bool is_needed) {
  parameter* const known = find(name);
  if (known == nullptr) {
    auto value = variables_(name);
    if (!value) asked_in_vain_.push_back(name);
    return {std::move(value)};
  }
  known->is_used = true;
  if (known->is_broken) return {std::nullopt, substitution::missing::told};
  if (known->value || !is_needed) return {known->value};
  known->is_broken = true;
  const auto in = found_.enter(fmt::format("param {}", quoted(name)));
  found_.add("no-value", known->place,
             fmt::format("it has no default and was not given; run with '--param {}=...'", name));
  return {std::nullopt, substitution::missing::told};
}

std::vector<std::string> parameters::names() const {
  std::vector<std::string> list;
  for (const auto& p : all_) list.push_back(p.name);
  return list;
}

void parameters::tell_unused() {
  for (const auto& p : all_) {
    const auto in = found_.enter(fmt::format("param {}", quoted(p.name)));
    if (!p.is_used && is_name(p.name) && !nearest(p.name, asked_in_vain_))
      found_.warn("unused-param", p.place, fmt::format("nothing uses it; write '${{{}}}'", p.name));
  }
}

}  // namespace weir
