#pragma once

#include <set>
#include <string>
#include <string_view>

namespace weir {

/// A JSON value in the one spelling in which records are compared: no white space outside of
/// strings, escapes only where they are needed, no members that are null. Keys keep their order and
/// numbers their text.
///
/// Requires: `check_json` accepts `json`.
std::string respelled(std::string_view json);

/// The names of an object's members.
std::set<std::string> keys_of(std::string_view object);

/// An object with those of its members whose names are among `keys`.
std::string with_keys(std::string_view object, const std::set<std::string>& keys);

/// An object with its members in the order of their keys' spelling.
std::string sorted_by_key(std::string_view object);

/// What the string under `key` stands for; empty where there is none.
std::string text_under(std::string_view object, std::string_view key);

/// The text of the number under `key`; empty where there is none.
std::string number_under(std::string_view object, std::string_view key);

}  // namespace weir
