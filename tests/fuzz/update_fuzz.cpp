/// An update from anybody: it is refused, or it leads from one zone that can be served to another
/// one, whose parts agree with each other.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "dns/name_hash.hpp"
#include "edit/editor.hpp"
#include "require.hpp"
#include "transfer/update.hpp"
#include "zone/load.hpp"
#include "zone/zone_walk.hpp"

namespace {

using namespace rollcall;
using fuzz::require;

const std::string kZone =
    "$TTL 60\n@ SOA ns1 root 10 2 3 4 5\n@ NS ns1\nns1 A 192.0.2.1\na A 192.0.2.2\nc CNAME a\n"
    "*.w TXT x\nd DNAME a\nx.d TXT x\ns NS ns.s\nns.s A 192.0.2.3\n";

void check(const zone::Zone& zone) {
  std::uint64_t names = 0, records = 0;
  zone::ZoneWalk walk(zone);
  while (const zone::NodeHeader* node = walk.next()) {
    ++names;
    require(zone.find(dns::hash_name(node->name()), node->name()) == node, "each name is found");
    require(node->rrsets > 0 || node->children > 0, "a name has records, or names below it");
    const zone::RrsetHeader* rrset = node->first();
    for (unsigned i = 0; i < node->rrsets; ++i, rrset = zone::next_rrset(rrset)) {
      records += rrset->count;
    }
  }
  require(names == zone.names(), "names are counted");
  require(records == zone.records(), "records are counted");
}

}  // namespace

/// @param data what stands behind the zone section, its counts first
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const dns::Name origin = *dns::Name::parse("example.com");
  static const std::shared_ptr<const zone::Zone> zone =
      zone::load_zone({origin, "zone", {}}, [](const std::string&) -> Result<std::string> {
        return kZone;
      }).zone;
  static const edit::PoolNames none{zone::ZoneSpec{origin, "zone"}};
  std::vector<std::uint8_t> message(dns::kHeaderSize);
  store_u16(message.data() + dns::header::kQdcount, 1);
  message.insert(message.end(), origin.wire().begin(), origin.wire().end());
  for (const std::uint8_t octet : {0, 6, 0, 1}) message.push_back(octet);
  if (size < 2) return 0;
  message[dns::header::kAncount + 1] = data[0];
  message[dns::header::kNscount + 1] = data[1];
  message.insert(message.end(), data + 2, data + size);

  const auto request = transfer::read_update(message);
  if (!request) return 0;
  if (transfer::broken_prerequisite(*request, *zone)) return 0;
  const edit::ZoneEdit edit = transfer::solve_update(*request, *zone);
  const auto edited = edit::apply_edit(zone, edit, none);
  if (!edited) {
    require(edited.error().kind == edit::EditRefusal::invalid, "there is no reason to build anew");
    require(!edited.error().message.empty(), "a refusal has a reason");
    return 0;
  }
  require(edited->made.add.size() == edit.add.size(), "all that comes is new");
  check(*edited->zone);
  check(*edited->zone->compacted());
  return 0;
}
