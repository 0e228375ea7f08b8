#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "runtime/config/option_type.hpp"

namespace weir {

/// One option as a user sees it: what messages, manuals and completions are made from.
struct option_declaration {
  struct choice {
    std::string name;
    std::string documentation;
  };

  std::string name;
  std::string type;           ///< `size`, `list of columns`, ...; empty for choices
  std::string documentation;  ///< one sentence
  std::string default_text;   ///< empty: none
  std::string bounds;         ///< `between 1 and 10000000`; empty: none
  std::vector<choice> choices;
  bool is_required = false;
  bool is_secret = false;
};

/// Marks an option that must be given.
struct required_option {};
inline constexpr required_option required;
/// Marks an option whose value is never shown.
struct secret_option {};
inline constexpr secret_option secret;

/// Bounds of a number, size or duration, both included.
template <class T>
struct between {
  T least;
  T most;
};
template <class T>
between(T, T) -> between<T>;

/// The type that an expression's value must have.
struct yields {
  column_type type;
};

/// One of the names that an option may have as its value.
template <class Enum>
struct choice {
  const char* name;
  Enum value;
  const char* documentation;
};
template <class Enum>
choice(const char*, Enum, const char*) -> choice<Enum>;

/// An expression among the options, to be checked against the columns it will meet.
struct expression_use {
  const expression* what;
  const text_place* place;
  std::string subject;                ///< `option 'set', 'ratio'`
  std::optional<column_type> wanted;  ///< the type its value must have
  std::vector<field> added_before;    ///< columns that options before it add (`map`'s `set`)
};

namespace detail {

// Finds the expressions in the values of one option.
inline void visit_expressions(const expression_option& value, const std::string& subject,
                              std::vector<expression_use>& into) {
  if (value.value) into.push_back({&*value.value, &value.place, subject, {}, {}});
}
inline void visit_expressions(const aggregate_option& value, const std::string& subject,
                              std::vector<expression_use>& into) {
  if (!value.value) return;
  for (const auto& call : value.value->calls)
    if (call.argument) into.push_back({&*call.argument, &value.place, subject, {}, {}});
}
template <class T>
void visit_expressions(const T&, const std::string&, std::vector<expression_use>&) {}
template <class T>
void visit_expressions(const std::optional<T>& value, const std::string& subject,
                       std::vector<expression_use>& into) {
  if (value) visit_expressions(*value, subject, into);
}
template <class T>
void visit_expressions(const named<T>& values, const std::string& subject,
                       std::vector<expression_use>& into) {
  for (const auto& [name, value] : values)
    visit_expressions(value, fmt::format("{}, '{}'", subject, name), into);
}

inline void visit_columns(const column_path& value, std::vector<column_path>& into) {
  if (!value.steps.empty()) into.push_back(value);
}
template <class T>
void visit_columns(const T&, std::vector<column_path>&) {}
template <class T>
void visit_columns(const std::optional<T>& value, std::vector<column_path>& into) {
  if (value) visit_columns(*value, into);
}
template <class T>
void visit_columns(const std::vector<T>& values, std::vector<column_path>& into) {
  for (const auto& value : values) visit_columns(value, into);
}

}  // namespace detail

/// The options of one kind of thing: declarations and their bindings to members of `Options`.
template <class Options>
class option_set {
 public:
  /// Binds `name` to a member. Attributes: `required`, `secret`, `between{...}`, `yields{...}`.
  template <class T, class... Attributes>
  void add(const char* name, T Options::*member, const char* documentation,
           Attributes... attributes) {
    bound b = bind(name, member, documentation);
    b.about.type = option_type<T>::name();
    b.read = [member](const config_value& from, Options& into, problems& found) {
      return option_type<T>::read(from, into.*member, found);
    };
    b.about.default_text = option_type<T>::show(Options{}.*member);
    (apply(b, member, attributes), ...);
    bound_.push_back(std::move(b));
  }

  /// Binds `name` to an enumeration by the names of its values.
  template <class Enum>
  void add(const char* name, Enum Options::*member, const char* documentation,
           std::initializer_list<choice<Enum>> choices) {
    bound b = bind(name, member, documentation);
    const std::vector<choice<Enum>> list(choices);
    for (const auto& c : list) {
      b.about.choices.push_back({c.name, c.documentation});
      if (c.value == Options{}.*member) b.about.default_text = c.name;
    }
    b.read = [member, list](const config_value& from, Options& into, problems& found) {
      for (const auto& c : list)
        if (from.is_scalar() && from.text == c.name) {
          into.*member = c.value;
          return true;
        }
      std::vector<std::string> names;
      for (const auto& c : list) names.emplace_back(c.name);
      found.add("unknown-choice", from.place.start,
                fmt::format("{} is not {}{}", described(from), one_of(names),
                            did_you_mean(from.text, names)));
      return false;
    };
    bound_.push_back(std::move(b));
  }

  /// Reads all entries of `from` (a map or nothing) into `into`. Unknown keys, missing required
  /// ones and values that do not fit are all added to `found`.
  void read(const config_value& from, Options& into, problems& found) const {
    for (const auto& entry : from.entries) {
      const bound* b = find(entry.key);
      if (b == nullptr) {
        found.add("unknown-option", entry.key_place,
                  fmt::format("unknown option {}{}", quoted(entry.key),
                              did_you_mean(entry.key, names())));
        continue;
      }
      const auto in = found.enter(fmt::format("option '{}'", entry.key));
      b->read(entry.value, into, found);
    }
    for (const auto& b : bound_)
      if (b.about.is_required && from.find(b.about.name) == nullptr)
        found.add("missing-option", from.place.start,
                  fmt::format("option '{}' is missing: {}", b.about.name,
                              first_sentence(b.about.documentation)));
  }

  std::vector<option_declaration> declarations() const {
    std::vector<option_declaration> list;
    for (const auto& b : bound_) list.push_back(b.about);
    return list;
  }

  std::vector<expression_use> expressions(const Options& in) const {
    std::vector<expression_use> uses;
    for (const auto& b : bound_) {
      const std::size_t before = uses.size();
      b.expressions(in, uses);
      for (std::size_t i = before; i < uses.size(); ++i) uses[i].wanted = b.wanted;
    }
    return uses;
  }

  /// The columns that options of type column name.
  std::vector<column_path> columns(const Options& in) const {
    std::vector<column_path> paths;
    for (const auto& b : bound_) b.columns(in, paths);
    return paths;
  }

 private:
  struct bound {
    option_declaration about;
    std::optional<column_type> wanted;
    std::function<bool(const config_value&, Options&, problems&)> read;
    std::function<void(const Options&, std::vector<expression_use>&)> expressions;
    std::function<void(const Options&, std::vector<column_path>&)> columns;
  };

  template <class T>
  static bound bind(const char* name, T Options::*member, const char* documentation) {
    bound b;
    b.about.name = name;
    b.about.documentation = documentation;
    b.expressions = [member, subject = fmt::format("option '{}'", name)](
                        const Options& in, std::vector<expression_use>& into) {
      detail::visit_expressions(in.*member, subject, into);
    };
    b.columns = [member](const Options& in, std::vector<column_path>& into) {
      detail::visit_columns(in.*member, into);
    };
    return b;
  }

  template <class T>
  static void apply(bound& b, T Options::*, required_option) {
    b.about.is_required = true;
    b.about.default_text.clear();
  }
  template <class T>
  static void apply(bound& b, T Options::*, secret_option) {
    b.about.is_secret = true;
  }
  template <class T>
  static void apply(bound& b, T Options::*, yields wanted) {
    b.wanted = wanted.type;
  }
  template <class T, class Bound>
  static void apply(bound& b, T Options::*member, between<Bound> bounds) {
    using number = typename unwrapped<T>::type;
    const auto least = static_cast<number>(bounds.least);
    const auto most = static_cast<number>(bounds.most);
    const std::string text = fmt::format("between {} and {}", option_type<number>::show(least),
                                         option_type<number>::show(most));
    b.about.bounds = text;
    b.read = [inner = std::move(b.read), member, least, most, text](
                 const config_value& from, Options& into, problems& found) {
      if (!inner(from, into, found)) return false;
      const number value = unwrapped<T>::get(into.*member);
      if (!(value < least) && !(most < value)) return true;
      found.add("out-of-bounds", from.place.start,
                fmt::format("{} is not {}", option_type<number>::show(value), text));
      return false;
    };
  }

  template <class T>
  struct unwrapped {
    using type = T;
    static const T& get(const T& value) { return value; }
  };
  template <class T>
  struct unwrapped<std::optional<T>> {
    using type = T;
    static const T& get(const std::optional<T>& value) { return *value; }
  };

  const bound* find(std::string_view name) const {
    for (const auto& b : bound_)
      if (b.about.name == name) return &b;
    return nullptr;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> list;
    for (const auto& b : bound_) list.push_back(b.about.name);
    return list;
  }

  std::vector<bound> bound_;
};

}  // namespace weir
