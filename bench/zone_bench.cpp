/// Zone text to records (MB/s), to a zone (seconds, MiB), the lookup of a random name (ns),
/// and an edit (us).
///
///   zone_bench                       a made zone of a million records
///   ZONE=big.example=FILE zone_bench that zone instead
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "dns/name_hash.hpp"
#include "edit/editor.hpp"
#include "made_zone.hpp"
#include "zone/load.hpp"
#include "zone/parser.hpp"
#include "zone/zone_walk.hpp"

namespace rollcall::zone {
namespace {

struct Sample {
  dns::Name origin;
  std::string text;
};

const Sample& sample() {
  static const Sample made = [] {
    const char* asked = std::getenv("ZONE");
    if (asked == nullptr) return Sample{*dns::Name::parse("big.example."), bench::made_zone()};
    const std::string_view pair(asked);
    const std::size_t sign = pair.find('=');
    std::ifstream file(std::string(pair.substr(sign + 1)), std::ios::binary);
    return Sample{*dns::Name::parse(pair.substr(0, sign)),
                  {std::istreambuf_iterator<char>(file), {}}};
  }();
  return made;
}

Result<std::string> read_sample(const std::string&) {
  return sample().text;
}

void set_rate(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(sample().text.size()) * state.iterations());
}

void parse(benchmark::State& state) {
  std::uint64_t records = 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::string text = sample().text;
    const ReadFile give = [&](const std::string&) -> Result<std::string> {
      return std::move(text);
    };
    const Cancelled never = [] { return false; };
    Sources sources;
    Findings findings(sources);
    Parser parser(sample().origin, sources, findings, give, never,
                  [&](const ParsedRecord& record) { records += record.rdata.size(); });
    state.ResumeTiming();
    parser.parse_file("zone");
  }
  benchmark::DoNotOptimize(records);
  set_rate(state);
}
BENCHMARK(parse)->Unit(benchmark::kMillisecond);

void load(benchmark::State& state) {
  for (auto _ : state) {
    const LoadReport report = load_zone({sample().origin, "zone", {}}, read_sample);
    if (!report.zone) {
      state.SkipWithError(to_string(report.diagnostics.front()).c_str());
      break;
    }
    state.counters["MiB"] = static_cast<double>(report.zone->memory()) / (1 << 20);
    state.counters["records"] = static_cast<double>(report.zone->records());
  }
  set_rate(state);
}
BENCHMARK(load)->Unit(benchmark::kMillisecond);

/// Hash and index, a name that is in the zone, at random: nearly all of it is waiting for memory.
void look_up(benchmark::State& state) {
  const LoadReport report = load_zone({sample().origin, "zone", {}}, read_sample);
  std::vector<dns::Name> names;
  for (const NodeHeader* node = report.zone->first_in_base(); node;
       node = report.zone->next_in_base(node)) {
    names.push_back(*dns::Name::from_wire(node->name()));
  }
  std::mt19937 random(2);
  std::ranges::shuffle(names, random);
  names.resize(std::min<std::size_t>(names.size(), 1 << 16));
  std::size_t i = 0;
  for (auto _ : state) {
    const Bytes name = names[i++ % names.size()].wire();
    benchmark::DoNotOptimize(report.zone->find(dns::hash_name(name), name)->rrsets);
  }
}
BENCHMARK(look_up);

/// One more record at a name of the zone, drawn from 32,768: what an update costs.
void edit(benchmark::State& state) {
  const LoadReport report = load_zone({sample().origin, "zone", {}}, read_sample);
  const edit::PoolNames none{ZoneSpec{sample().origin, "zone"}};
  std::vector<dns::Name> names;
  ZoneWalk walk(*report.zone);
  while (const NodeHeader* node = walk.next()) {
    if ((node->flags & (kNotAuthoritative | kCname)) == 0) {
      names.push_back(*dns::Name::from_wire(node->name()));
    }
  }
  std::mt19937 random(3);
  std::ranges::shuffle(names, random);
  names.resize(std::min<std::size_t>(names.size(), 1 << 15));
  std::shared_ptr<const Zone> zone = report.zone;
  std::size_t i = 0;
  for (auto _ : state) {
    const std::uint8_t turn = static_cast<std::uint8_t>(i / names.size());
    const edit::EditRecord record{names[i++ % names.size()], dns::Type::TXT, 60, {1, turn}};
    zone = edit::apply_edit(zone, {.add = {record}}, none)->zone;
  }
  state.counters["names"] = static_cast<double>(zone->overlay().size());
}
BENCHMARK(edit)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace rollcall::zone

BENCHMARK_MAIN();
