/// The types of checks in the configuration: their keys, ports and values.
#pragma once

#include "health/check.hpp"
#include "yaml/yaml_reader.hpp"

namespace rollcall::config {

/// Whether a check of a type has a port.
enum class PortUse : std::uint8_t { needed, optional, none };

struct CheckType {
  std::string_view name;
  PortUse port = PortUse::needed;
  std::uint16_t default_port = 0;  // 0: none
  void (*read)(const yaml::Section& section, health::CheckSpec& check) = nullptr;
};

/// @return nothing where an error was reported
const CheckType* read_check_type(const yaml::Value& value);

/// Reads the keys of the type into `check`; reports the keys that belong to other types.
void read_check_type_keys(const yaml::Section& section, const CheckType& type,
                          health::CheckSpec& check);

// check_values.cpp: values of several types.

/// A word for a request line or a header: printable ASCII without `forbidden`.
std::string read_token(const yaml::Value& value, std::string_view forbidden);
/// `headers` of HTTP.
void read_headers(const yaml::Value& value, health::HttpCheck& http);
/// `expect_status`: one text, or a list of them.
void read_expect_status(const yaml::Value& value, health::HttpCheck& http);
/// The text, or with `regex` the expression, to search for in a reply; empty where `key` is
/// missing.
health::TextPattern read_pattern(const yaml::Section& section, std::string_view key, bool regex);
/// One of `expect` and `expect_regex`; empty where both are missing.
health::TextPattern read_expect(const yaml::Section& section);
/// `steps`, a list of {send: ...}, {expect: ...} and {expect_regex: ...}.
std::vector<health::ScriptStep> read_steps(const yaml::Value& value);
/// `verify`, `ca`, `expires_within`.
health::TlsOptions read_tls(const yaml::Section& section);

}  // namespace rollcall::config
