/// Zones from texts in memory, for the tests of this floor.
#pragma once

#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "dns/name_hash.hpp"
#include "zone/load.hpp"

namespace rollcall::zone {

inline dns::Name name_of(std::string_view text) {
  return *dns::Name::parse(text, dns::Name());
}

using Files = std::map<std::string, std::string>;

inline LoadReport load_files(std::string_view origin, const Files& files,
                             const std::vector<dns::Name>& pools = {}) {
  const ReadFile read = [&files](const std::string& path) -> Result<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return fail("no such file: " + path);
    return found->second;
  };
  return load_zone({name_of(origin), "zone", pools}, read);
}

inline LoadReport load_text(std::string_view origin, std::string text,
                            const std::vector<dns::Name>& pools = {}) {
  return load_files(origin, {{"zone", std::move(text)}}, pools);
}

/// SOA, NS and its address at example.com: four lines, so that what follows begins at line 5.
inline const std::string kHead =
    "$TTL 60\n"
    "@ SOA ns1 root 1 2 3 4 5\n"
    "@ NS ns1\n"
    "ns1 A 192.0.2.1\n";

inline LoadReport load_tail(std::string_view tail, const std::vector<dns::Name>& pools = {}) {
  return load_text("example.com", kHead + std::string(tail), pools);
}

/// Every diagnostic as a person sees it.
inline std::vector<std::string> lines(const LoadReport& report) {
  std::vector<std::string> texts;
  for (const Diagnostic& diagnostic : report.diagnostics) texts.push_back(to_string(diagnostic));
  return texts;
}

inline std::string read_test_data(const std::string& path) {
  std::ifstream file(std::string(TEST_DATA) + "/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline const NodeHeader* find_node(const Zone& zone, std::string_view name) {
  const dns::Name lowered = name_of(name).lowered();
  return zone.find(dns::hash_name(lowered.wire()), lowered.wire());
}

}  // namespace rollcall::zone
