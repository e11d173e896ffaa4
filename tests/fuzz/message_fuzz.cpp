/// Packets: whatever comes, the response is one that a resolver can read, and says of each pool
/// only what is live.
#include <algorithm>
#include <array>
#include <vector>

#include "answer/recall.hpp"
#include "answer/responder.hpp"
#include "answer/transfer.hpp"
#include "dns/message_reader.hpp"
#include "dns/query.hpp"
#include "require.hpp"
#include "zone/load.hpp"

namespace {

using namespace rollcall;
using answer::Transport;
using fuzz::require;

constexpr const char* kParent = R"($TTL 60
@ SOA ns1 root 1 2 3 4 5
@ NS ns1
@ NS ns.other.
@ MX 10 www
@ MX 20 m
ns1 A 192.0.2.1
www 1 A 192.0.2.2
www 1 A 192.0.2.3
www 1 A 192.0.2.4
www 1 AAAA 2001:db8::1
www 1 AAAA 2001:db8::2
m 1 A 192.0.2.5
m 1 A 192.0.2.6
*.w 1 A 192.0.2.7
*.w 1 A 192.0.2.8
_s._tcp SRV 0 0 80 www
_s._tcp SRV 0 0 80 m
c CNAME www
c2 CNAME c
up CNAME @
far CNAME www.other.
deep CNAME x.child
loop CNAME pool
pool CNAME loop
*.cw CNAME www
*.mw MX 1 www
d DNAME e
e DNAME d
o DNAME other.
cut NS ns.cut
cut NS www
ns.cut A 192.0.2.9
big TXT "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
$GENERATE 1-60 big TXT "ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt$"
$GENERATE 1-40 many NS ns$.many
$GENERATE 1-40 ns$.many A 192.0.2.$
h MX 1 h1
h MX 2 h2
h MX 3 h50
$GENERATE 1-50 h$ A 192.0.2.$
)";
constexpr const char* kChild =
    "$TTL 60\n@ SOA ns root 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n"
    "x CNAME y\ny CNAME www.example.com.\n";
constexpr const char* kMoved =
    "$TTL 60\n@ SOA ns.example.com. root 1 2 3 4 5\n"
    "@ NS ns.example.com.\n@ DNAME example.com.\n";
constexpr const char* kRoot =
    "$TTL 60\n@ SOA ns root 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n"
    "@ MX 1 ns\nx.other CNAME .\nw.other CNAME ns\n*.any CNAME ns\n";

dns::Name name_of(const char* text) {
  return *dns::Name::parse(text);
}

zone::CatalogEntry load(const char* origin, const char* text, const std::vector<dns::Name>& pools) {
  const auto report =
      zone::load_zone({name_of(origin), "zone", pools},
                      [&](const std::string&) -> Result<std::string> { return text; });
  require(report.zone != nullptr, "the zone of this target loads");
  zone::TransferPolicy policy;
  policy.grants.push_back({IpPrefix::parse("0.0.0.0/0").value(), std::nullopt});
  return {name_of(origin), report.zone, std::make_shared<const zone::TransferPolicy>(policy)};
}

struct World {
  std::array<zone::Catalog, 2> catalogs;
  std::shared_ptr<const zone::Zone> watched;

  World() {
    const std::vector<dns::Name> pools{name_of("www.example.com"), name_of("m.example.com"),
                                       name_of("*.w.example.com")};
    const zone::CatalogEntry parent = load("example.com", kParent, pools);
    const zone::CatalogEntry child = load("child.example.com", kChild, {});
    const zone::CatalogEntry moved = load("moved.example.com", kMoved, {});
    watched = parent.zone;
    const zone::CatalogEntry unready{name_of("other"), nullptr, nullptr};
    catalogs[0] = zone::Catalog({parent, child, moved, unready}, {});
    catalogs[1] = zone::Catalog({parent, child, moved, load(".", kRoot, {})}, {});
  }
};

void check_response(Bytes packet, Bytes response) {
  require(response.size() >= dns::kHeaderSize, "a response has a header");
  require(load_u16(response.data()) == load_u16(packet.data()), "the id is the request's");
  const std::uint16_t flags = load_u16(response.data() + dns::header::kFlags);
  require((flags & dns::flag::kQr) != 0, "it is a response");
  std::size_t at = dns::kHeaderSize;
  const std::uint16_t questions = load_u16(response.data() + dns::header::kQdcount);
  require(questions <= 1, "one question at the most");
  if (questions == 1) {
    const auto question = dns::decode_question(response);
    require(question.has_value(), "the question is whole");
    at = question->end;
    require(std::equal(response.begin() + dns::kHeaderSize,
                       response.begin() + static_cast<std::ptrdiff_t>(at),
                       packet.begin() + dns::kHeaderSize),
            "the question is kept, its case too");
  }
  unsigned opts = 0;
  dns::RecordReader records(response, at);
  for (dns::WireRecord record; records.next(record);) {
    const bool special = record.type == dns::Type::OPT || record.type == dns::Type::TSIG;
    require(dns::decode_name(response, record.at).has_value(), "every owner can be read");
    require(special || dns::plain_rdata(response, record), "every record can be read");
    if (record.type == dns::Type::OPT) ++opts;
  }
  require(records.ok(), "every record that is counted is there");
  require(records.left() == 0, "nothing stands behind what is counted");
  require(opts <= 1, "one OPT at the most");
}

/// What a worker recalls is what it said before.
void check_recalled(const zone::Catalog& catalog, Bytes packet, Bytes response, Random random) {
  static answer::Recall recall;
  recall.clear();
  answer::Request request;
  answer::Responder::read(catalog, packet, request);
  answer::Responder::fetch(request);
  recall.keep(request);
  answer::PlainRequest plain;
  const answer::PlainAnswer recalled = recall.find(packet, plain);
  if (!recalled) return;
  std::vector<std::uint8_t> out(dns::kEdnsUdpSize);
  const std::size_t size = write_plain_answer(plain, recalled, out, random);
  require(size == 0 || std::ranges::equal(Bytes(out).first(size), response),
          "the short way ends where the long one does");
}

}  // namespace

/// @param data one octet of choices, two of masks, then the packet
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const World world;
  static const answer::Responder responder({.nsid = "0123456789"});
  if (size < 3) return 0;
  std::vector<zone::MaskChange> masks;
  for (std::uint32_t i = 0; i < world.watched->watched().size(); ++i) {
    const std::uint64_t all = zone::WatchTable::all_of(world.watched->watched()[i].records.size());
    masks.push_back({WatchId{i}, (std::uint64_t{data[1]} << 8 | data[2]) >> (i % 8) & all});
  }
  world.watched->watch_table().apply(masks, data[1]);

  const Transport transport = (data[0] & 1) != 0 ? Transport::tcp : Transport::udp;
  const zone::Catalog& catalog = world.catalogs[data[0] >> 1 & 1];
  const std::vector<std::uint8_t> packet(data + 3, data + size);  // of its own: reads are bounded
  const std::size_t room =
      transport == Transport::tcp ? dns::kMaxMessageSize : std::size_t{dns::kEdnsUdpSize};
  std::vector<std::uint8_t> out(room);
  Random random(data[0]);
  const Random same_random = random;
  const WallTime now{std::chrono::seconds(1795348800)};
  static const IpAddress client = *IpAddress::parse("192.0.2.1");
  const std::size_t answered =
      responder.answer(catalog, packet, out, {transport, client.octets(), now}, random).size;
  require(answered <= room, "it fits");
  if (answered > 0) {
    dns::Query query;
    const auto error = dns::read_query(packet, query);
    if (transport == Transport::udp && !query.edns.present) {
      require(answered <= dns::kClassicUdpSize, "512 octets without EDNS");
    }
    require(!query.edns.present || error ||
                answered <= std::max(query.edns.udp_size, dns::kClassicUdpSize) ||
                transport == Transport::tcp,
            "what the client said it can take");
    check_response(packet, Bytes(out).first(answered));
  }
  if (transport == Transport::udp) {
    check_recalled(catalog, packet, Bytes(out).first(answered), same_random);
  }
  answer::Request request;
  answer::Responder::read(catalog, packet, request);
  if (!answer::asks_for_transfer(request)) return 0;
  auto opened = answer::open_transfer(catalog, request, client, now);
  if (!opened) return 0;
  std::vector<std::uint8_t> message(dns::kMaxMessageSize);
  while (const std::size_t length = answer::next_message(*opened, message, now)) {
    check_response(packet, Bytes(message).first(length));
  }
  return 0;
}
