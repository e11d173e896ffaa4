/// Updates in words: what a zone's content becomes, or the RCODE.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "dns/rdata_text.hpp"
#include "edit/editor.hpp"
#include "transfer/update.hpp"
#include "zone/load.hpp"

namespace rollcall::rfc {

using dns::Class;
using dns::Type;

/// A message of opcode UPDATE for example.com, put together record by record.
class UpdateMessage {
 public:
  UpdateMessage() : octets_(dns::kHeaderSize) {
    store_u16(octets_.data() + dns::header::kFlags, 5 << dns::flag::kOpcodeShift);
    store_u16(octets_.data() + dns::header::kQdcount, 1);
    name("@");
    u16(static_cast<unsigned>(Type::SOA));
    u16(static_cast<unsigned>(Class::IN));
  }

  /// A record of the prerequisite section (RFC 2136 section 2.4), before all updates.
  UpdateMessage& need(const char* owner, Class rclass, Type type, const char* rdata = "",
                      std::uint32_t ttl = 0) {
    count(dns::header::kAncount);
    return record(owner, rclass, type, ttl, rdata);
  }
  /// A record of the update section (RFC 2136 section 2.5).
  UpdateMessage& update(const char* owner, Class rclass, Type type, const char* rdata = "",
                        std::uint32_t ttl = 0) {
    count(dns::header::kNscount);
    return record(owner, rclass, type, ttl, rdata);
  }
  UpdateMessage& add(const char* owner, Type type, const char* rdata, std::uint32_t ttl = 60) {
    return update(owner, Class::IN, type, rdata, ttl);
  }
  std::vector<std::uint8_t>& octets() { return octets_; }

 private:
  static dns::Name name_of(const char* text) {
    return dns::Name::parse(text, *dns::Name::parse("example.com")).value();
  }
  void u16(unsigned value) {
    octets_.push_back(static_cast<std::uint8_t>(value >> 8));
    octets_.push_back(static_cast<std::uint8_t>(value));
  }
  void name(const char* text) {
    const dns::Name name = name_of(text);
    octets_.insert(octets_.end(), name.wire().begin(), name.wire().end());
  }
  void count(std::size_t at) {
    store_u16(octets_.data() + at, static_cast<std::uint16_t>(load_u16(octets_.data() + at) + 1));
  }
  UpdateMessage& record(const char* owner, Class rclass, Type type, std::uint32_t ttl,
                        const std::string& rdata) {
    name(owner);
    u16(static_cast<unsigned>(type));
    u16(static_cast<unsigned>(rclass));
    u16(ttl >> 16);
    u16(ttl & 0xffff);
    std::vector<std::uint8_t> wire;
    std::vector<std::string> words;
    for (std::size_t at = 0; at < rdata.size();) {
      const std::size_t end = std::min(rdata.find(' ', at), rdata.size());
      words.push_back(rdata.substr(at, end - at));
      at = end + 1;
    }
    std::vector<dns::Word> parsed;
    for (const std::string& word : words) parsed.push_back({word, false});
    if (!words.empty()) {
      EXPECT_TRUE(dns::parse_rdata(type, parsed, name_of("@"), wire)) << rdata;
    }
    u16(static_cast<unsigned>(wire.size()));
    octets_.insert(octets_.end(), wire.begin(), wire.end());
    return *this;
  }

  std::vector<std::uint8_t> octets_;
};

/// example.com with these lines behind its SOA (serial 10) and two NS.
inline std::shared_ptr<const zone::Zone> zone_of(const std::string& lines) {
  const std::string text =
      "$TTL 60\n@ SOA ns1 root 10 2 3 4 5\n@ NS ns1\n@ NS ns2\nns1 A 192.0.2.1\n"
      "ns2 A 192.0.2.2\n" +
      lines;
  auto report = zone::load_zone({*dns::Name::parse("example.com"), "zone", {}},
                                [&](const std::string&) -> Result<std::string> { return text; });
  EXPECT_NE(report.zone, nullptr) << text;
  return report.zone;
}

/// "-owner TTL TYPE RDATA" and "+..." for each record that went or came, or the RCODE. What the
/// update leads to must be a zone that can be served.
inline std::vector<std::string> outcome(const std::string& lines, UpdateMessage& message) {
  const auto zone = zone_of(lines);
  const auto request = transfer::read_update(message.octets());
  if (!request) return {dns::rcode_name(request.error())};
  if (const auto broken = transfer::broken_prerequisite(*request, *zone)) {
    return {dns::rcode_name(*broken)};
  }
  const edit::ZoneEdit edit = transfer::solve_update(*request, *zone);
  const edit::PoolNames none{zone::ZoneSpec{zone->origin(), "zone"}};
  const auto edited = edit::apply_edit(zone, edit, none);
  EXPECT_TRUE(edited) << edited.error().message;
  std::vector<std::string> changes;
  const auto tell = [&](char sign, const std::vector<edit::EditRecord>& records) {
    for (const edit::EditRecord& record : records) {
      std::string owner = record.owner.to_display();
      owner.resize(owner.size() - std::min(owner.size(), sizeof("example.com") - 1));
      changes.push_back(sign + (owner.empty() ? "@" : owner.substr(0, owner.size() - 1)) + " " +
                        std::to_string(record.ttl) + " " + dns::type_name(record.type) + " " +
                        dns::rdata_to_text(record.type, record.rdata));
    }
  };
  tell('-', edit.remove);
  tell('+', edit.add);
  std::ranges::sort(changes);
  return changes;
}

}  // namespace rollcall::rfc
