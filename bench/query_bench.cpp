/// What each step of the query path costs: the question, its hashes, the zone, the node, the whole
/// answer. Times are for one query, without allocation and system calls.
#include <benchmark/benchmark.h>

#include <array>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "answer/responder.hpp"
#include "dns/message.hpp"
#include "dns/name_hash.hpp"
#include "dns/query.hpp"
#include "made_zone.hpp"
#include "query_packet.hpp"
#include "zone/catalog.hpp"
#include "zone/load.hpp"

namespace rollcall::bench {
namespace {

using Packet = std::vector<std::uint8_t>;
using dns::Type;

constexpr std::size_t kAskedNames = 400'000;  // their nodes do not fit into the caches
constexpr std::size_t kBatch = 32;            // what a worker takes at once
constexpr WallTime kNow{std::chrono::seconds(1'800'000'000)};
constexpr std::array<std::uint8_t, 4> kClient{127, 0, 0, 1};

constexpr const char* kSmallZone = R"($TTL 3600
@ SOA ns1 hostmaster 1 3600 600 86400 60
@ NS ns1
@ NS ns2
@ 1 MX 10 node4
@ 1 MX 10 node5
ns1 A 127.0.0.1
ns2 A 127.0.0.2
www 1 A 127.1.0.1
www 1 A 127.1.0.2
www 1 A 127.1.0.3
node4 1 A 127.1.0.4
node5 1 A 127.1.0.5
alias CNAME www
child NS ns.child
ns.child A 127.0.0.9
*.wild A 127.0.0.8
)";

dns::Name name_of(const std::string& text) {
  return *dns::Name::parse(text);
}

zone::Catalog load(const std::string& origin, const std::string& text,
                   const std::vector<dns::Name>& pools = {}) {
  const zone::LoadReport report =
      zone::load_zone({name_of(origin), "zone", pools},
                      [&](const std::string&) -> Result<std::string> { return text; });
  if (!report.zone) throw std::runtime_error(to_string(report.diagnostics.at(0)));
  return zone::Catalog({{name_of(origin), report.zone, nullptr}});
}

const zone::Catalog& small_zone() {
  static const zone::Catalog catalog =
      load("mydomain.com.", kSmallZone, {name_of("www.mydomain.com.")});
  return catalog;
}

const zone::Catalog& big_zone() {
  static const zone::Catalog catalog = load("big.example.", made_zone());
  return catalog;
}

/// Names of the big zone at random.
const std::vector<dns::Name>& asked_names() {
  static const std::vector<dns::Name> names = [] {
    const zone::Zone& zone = *big_zone().entry(0).zone;
    std::vector<dns::Name> all;
    for (const zone::NodeHeader* node = zone.first_in_base(); node;
         node = zone.next_in_base(node)) {
      all.push_back(*dns::Name::from_wire(node->name()));
    }
    std::mt19937 random(2);
    std::ranges::shuffle(all, random);
    all.resize(kAskedNames);
    return all;
  }();
  return names;
}

const answer::Responder& responder() {
  static const answer::Responder one({});
  return one;
}

std::size_t answer_one(const zone::Catalog& catalog, const Packet& packet, Random& random) {
  std::array<std::uint8_t, dns::kEdnsUdpSize> out;
  const answer::Asker asker{answer::Transport::udp, kClient, kNow};
  const std::size_t size = responder().answer(catalog, packet, out, asker, random).size;
  benchmark::DoNotOptimize(out.data());
  return size;
}

void read_query(benchmark::State& state, QueryEdns edns) {
  const Packet packet = make_query(name_of("www.mydomain.com."), Type::A, edns);
  for (auto _ : state) {
    dns::Query query;
    benchmark::DoNotOptimize(dns::read_query(packet, query));
    benchmark::DoNotOptimize(query.name.hash(0));
  }
}
BENCHMARK_CAPTURE(read_query, plain, QueryEdns::none);
BENCHMARK_CAPTURE(read_query, edns, QueryEdns::dnssec_ok);
BENCHMARK_CAPTURE(read_query, cookie, QueryEdns::cookie);

/// A name's octets in lower case, its labels, the hash of every suffix.
void hash_suffixes(benchmark::State& state, const char* text) {
  const dns::Name name = name_of(text);
  dns::QueryName read;
  for (auto _ : state) {
    read.assign(name.wire());
    benchmark::DoNotOptimize(read.hash(0));
  }
}
BENCHMARK_CAPTURE(hash_suffixes, three_labels, "www.mydomain.com.");
BENCHMARK_CAPTURE(hash_suffixes, eight_labels, "a.bc.def.ghij.klmno.pqrstu.example.com.");

void find_zone(benchmark::State& state) {
  dns::QueryName name;
  name.assign(name_of("www.mydomain.com.").wire());
  for (auto _ : state) benchmark::DoNotOptimize(small_zone().find(name));
}
BENCHMARK(find_zone);

void find_node(benchmark::State& state) {
  const zone::Zone& zone = *small_zone().entry(0).zone;
  const dns::Name name = name_of("www.mydomain.com.");
  const std::uint64_t hash = dns::hash_name(name.wire());
  for (auto _ : state) benchmark::DoNotOptimize(zone.find(hash, name.wire()));
}
BENCHMARK(find_node);

/// With the hash known, what remains is waiting for memory.
void find_node_of_a_million(benchmark::State& state) {
  const zone::Zone& zone = *big_zone().entry(0).zone;
  std::vector<std::uint64_t> hashes;
  for (const dns::Name& name : asked_names()) hashes.push_back(dns::hash_name(name.wire()));
  std::size_t i = 0;
  for (auto _ : state) {
    const std::size_t at = i++ % kAskedNames;
    benchmark::DoNotOptimize(zone.find(hashes[at], asked_names()[at].wire())->rrsets);
  }
}
BENCHMARK(find_node_of_a_million);

void answer_small(benchmark::State& state, const char* name, Type type, QueryEdns edns) {
  const Packet packet = make_query(name_of(name), type, edns);
  Random random(1);
  std::size_t size = 0;
  for (auto _ : state) size = answer_one(small_zone(), packet, random);
  state.counters["octets"] = static_cast<double>(size);
}
BENCHMARK_CAPTURE(answer_small, pool, "www.mydomain.com.", Type::A, QueryEdns::none);
BENCHMARK_CAPTURE(answer_small, pool_edns, "www.mydomain.com.", Type::A, QueryEdns::dnssec_ok);
BENCHMARK_CAPTURE(answer_small, pool_cookie, "www.mydomain.com.", Type::A, QueryEdns::cookie);
BENCHMARK_CAPTURE(answer_small, address, "node4.mydomain.com.", Type::A, QueryEdns::none);
BENCHMARK_CAPTURE(answer_small, mx, "mydomain.com.", Type::MX, QueryEdns::none);
BENCHMARK_CAPTURE(answer_small, nodata, "www.mydomain.com.", Type::AAAA, QueryEdns::none);
BENCHMARK_CAPTURE(answer_small, nxdomain, "nx1.mydomain.com.", Type::A, QueryEdns::none);
BENCHMARK_CAPTURE(answer_small, cname, "alias.mydomain.com.", Type::A, QueryEdns::none);
BENCHMARK_CAPTURE(answer_small, referral, "x.child.mydomain.com.", Type::A, QueryEdns::none);
BENCHMARK_CAPTURE(answer_small, wildcard, "x.wild.mydomain.com.", Type::A, QueryEdns::none);
BENCHMARK_CAPTURE(answer_small, any, "mydomain.com.", Type::ANY, QueryEdns::none);
BENCHMARK_CAPTURE(answer_small, refused, "www.example.net.", Type::A, QueryEdns::none);

void answer_of_a_million(benchmark::State& state) {
  std::vector<Packet> packets;
  for (const dns::Name& name : asked_names()) {
    packets.push_back(make_query(name, Type::A, QueryEdns::none));
  }
  Random random(1);
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(answer_one(big_zone(), packets[i++ % kAskedNames], random));
  }
}
BENCHMARK(answer_of_a_million);

/// As a worker does it: reads packets that follow one another in memory, and writes answers into
/// another array.
void batch_of_a_million(benchmark::State& state) {
  struct Slot {
    Packet packet;
    std::array<std::uint8_t, dns::kEdnsUdpSize> out;
    answer::Request request;
  };
  std::vector<Slot> slots(kBatch);
  const answer::Asker asker{answer::Transport::udp, kClient, kNow};
  Random random(1);
  std::size_t next = 0;
  for (auto _ : state) {
    state.PauseTiming();
    for (Slot& slot : slots) {
      slot.packet = make_query(asked_names()[next++ % kAskedNames], Type::A, QueryEdns::none);
    }
    state.ResumeTiming();
    for (Slot& slot : slots) answer::Responder::read(big_zone(), slot.packet, slot.request);
    for (Slot& slot : slots) answer::Responder::fetch(slot.request);
    for (Slot& slot : slots) {
      benchmark::DoNotOptimize(
          responder().answer(big_zone(), slot.request, slot.out, asker, random).size);
    }
  }
  state.counters["query"] = benchmark::Counter(
      static_cast<double>(state.iterations() * kBatch),
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);  // seconds of one
}
BENCHMARK(batch_of_a_million);

}  // namespace
}  // namespace rollcall::bench

BENCHMARK_MAIN();
