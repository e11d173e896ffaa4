/// Zone files: any text is refused with a diagnostic, or gives a zone whose whole layout holds.
#include <algorithm>
#include <string>
#include <vector>

#include "answer/transfer.hpp"
#include "dns/name_hash.hpp"
#include "require.hpp"
#include "zone/load.hpp"

namespace {

using namespace rollcall;
using fuzz::require;
using zone::Zone;

dns::Name name_of(const char* text) {
  return *dns::Name::parse(text);
}

std::uint64_t walk_rrset(const zone::RrsetHeader& rrset) {
  const Bytes records = rrset.records();
  std::size_t at = 0;
  for (unsigned i = 0; i < rrset.count; ++i) {
    require(at + zone::kRecordHeaderSize <= records.size(), "a record is whole");
    const std::uint8_t* record = records.data() + at;
    const std::size_t size = zone::kRecordHeaderSize + load_u16(record + 10);
    require(at + size <= records.size(), "its RDATA is whole");
    require(load_u16(record) == 0xc00c, "its owner is the question");
    require(load_u16(record + 2) == static_cast<std::uint16_t>(rrset.type), "one type");
    require(load_u32(record + 6) == rrset.ttl, "one TTL");
    if (rrset.record_size != 0) require(size == rrset.record_size, "one size");
    if (zone::ends_in_origin_pointer(rrset, Bytes(record, size))) {
      require(load_u16(record + size - 2) == rrset.origin_pointer, "cut before the origin");
    }
    at += size;
  }
  require(at == records.size(), "nothing stands behind the last record");
  return rrset.count;
}

void walk(const Zone& zone) {
  std::uint64_t names = 0;
  std::uint64_t records = 0;
  std::size_t watched = 0;
  const zone::NodeHeader* before = nullptr;
  for (const zone::NodeHeader* node = zone.first_in_base(); node != nullptr;
       node = zone.next_in_base(node)) {
    ++names;
    const dns::Name name = *dns::Name::from_wire(node->name());
    require(name.is_at_or_below(zone.origin()), "every name is in the zone");
    require(zone.find(dns::hash_name(node->name()), node->name()) == node, "the index finds it");
    if (before != nullptr) {
      const dns::Name last = *dns::Name::from_wire(before->name());
      require(dns::canonical_compare(last, name) < 0, "canonical order");
    }
    before = node;
    const zone::RrsetHeader* rrset = node->first();
    for (unsigned i = 0; i < node->rrsets; ++i, rrset = zone::next_rrset(rrset)) {
      records += walk_rrset(*rrset);
      if (!rrset->watched()) continue;
      ++watched;
      require(rrset->watch < zone.watched().size(), "a watch is in the table");
      require(zone.watched()[rrset->watch].records.size() == rrset->count, "a bit each");
    }
  }
  require(names == zone.names() && records == zone.records(), "the zone's counts hold");
  require(watched == zone.watched().size(), "every watch has its RRset");
  require((*zone.first_in_base()).find(dns::Type::SOA) != nullptr, "the apex has an SOA");
}

/// Through the transfer's eyes: every record must go into a message.
void transfer(const std::shared_ptr<const Zone>& zone) {
  std::vector<std::uint8_t> packet(dns::kHeaderSize);
  packet[5] = 1;
  const Bytes origin = zone->origin().wire();
  packet.insert(packet.end(), origin.begin(), origin.end());
  for (const std::uint8_t octet : {0, 252, 0, 1}) packet.push_back(octet);
  answer::Request request;
  request.packet = packet;
  request.error = dns::read_query(packet, request.query);
  require(!request.error, "AXFR of the origin is a request");
  const std::optional<zone::WatchSnapshot> snapshot = zone->watch_table().snapshot();
  require(snapshot.has_value(), "nothing withholds a zone that nobody serves");
  answer::TransferStream stream(zone, *snapshot, request, {});
  std::vector<std::uint8_t> message(dns::kMaxMessageSize);
  std::uint64_t records = 0;
  while (const std::size_t size = stream.next(message)) {
    require(size <= message.size(), "a message is in its buffer");
    records += load_u16(message.data() + dns::header::kAncount);
  }
  require(records <= zone->records() + 1, "the SOA twice, every other record once");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(as_text(Bytes(data, size)));
  // $GENERATE may well ask for millions of records: that is slow, not wrong.
  if (text.find("GENERATE") != std::string::npos && size > 200) return 0;
  static const std::vector<dns::Name> pools{name_of("www.example.com"), name_of("m.example.com")};
  const zone::ReadFile read = [&](const std::string& path) -> Result<std::string> {
    if (path == "zone" || path == "again") return text;
    return fail("no such file");
  };
  for (const char* origin : {"example.com", "."}) {
    for (const std::size_t watched : {std::size_t{0}, pools.size()}) {
      const auto report = zone::load_zone(
          {name_of(origin), "zone", watched == 0 ? std::vector<dns::Name>() : pools}, read);
      require((report.zone == nullptr) == has_errors(report.diagnostics), "refused with a reason");
      for (const Diagnostic& told : report.diagnostics) {
        require(!to_string(told).empty(), "every diagnostic says something");
      }
      if (!report.zone) continue;
      walk(*report.zone);
      transfer(report.zone);
    }
  }
  return 0;
}
