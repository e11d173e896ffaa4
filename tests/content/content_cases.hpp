/// Zones and records of the tests of content.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "content/update_decision.hpp"
#include "dns/rdata_text.hpp"
#include "edit/edited_node.hpp"
#include "edit/editor.hpp"
#include "zone/load.hpp"

namespace rollcall::content {

inline dns::Name name_of(std::string_view text) {
  return dns::Name::parse(text, *dns::Name::parse("example.com.")).value();
}

inline edit::EditRecord record_of(std::string_view owner, std::string_view type,
                                  const std::vector<std::string>& words, std::uint32_t ttl = 60) {
  edit::EditRecord record{name_of(owner), *dns::parse_type(type), ttl, {}};
  std::vector<dns::Word> parsed;
  for (const std::string& word : words) parsed.push_back({word, false});
  EXPECT_TRUE(dns::parse_rdata(record.type, parsed, name_of("@"), record.rdata));
  return record;
}

inline zone::ZoneSpec spec_of(const std::vector<std::string>& pools = {}) {
  zone::ZoneSpec spec{.origin = name_of("@"), .file = "zone"};
  for (const std::string& pool : pools) spec.pools.push_back(name_of(pool));
  return spec;
}

inline ZonePtr load(const std::string& tail, const zone::ZoneSpec& spec = spec_of(),
                    const std::string& serial = "1") {
  const std::string text =
      "$TTL 60\n@ SOA ns1 root " + serial + " 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\n" + tail;
  return zone::load_zone(spec, [&](const std::string&) -> Result<std::string> { return text; })
      .zone;
}

/// "TTL RDATA" of the records of one RRset.
inline std::vector<std::string> at(const zone::Zone& zone, std::string_view owner,
                                   std::string_view type) {
  std::vector<std::string> texts;
  for (const edit::EditRecord& record : edit::records_at(zone, name_of(owner).lowered())) {
    if (record.type != *dns::parse_type(type)) continue;
    texts.push_back(std::to_string(record.ttl) + " " +
                    dns::rdata_to_text(record.type, record.rdata));
  }
  return texts;
}

}  // namespace rollcall::content
