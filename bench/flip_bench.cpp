/// Answers from a pool while its mask flips: what a flip costs the queries, and how long it takes
/// until the first answer shows it. The argument is flips a second.
#include <benchmark/benchmark.h>

#include <array>

#include "answer/responder.hpp"
#include "dns/message.hpp"
#include "flipping_pool.hpp"
#include "flood_socket.hpp"
#include "pinning.hpp"
#include "query_packet.hpp"

namespace rollcall::bench {
namespace {

constexpr WallTime kNow{std::chrono::seconds(1'800'000'000)};
constexpr std::array<std::uint8_t, 4> kClient{127, 0, 0, 1};

// Read before any thread is pinned.
const int kCpu = nth_cpu(0);
const int kFlipCpu = nth_cpu(1);

double us(std::uint64_t ns) {
  return static_cast<double>(ns) / 1e3;
}

void answer_while_flipping(benchmark::State& state) {
  const zone::Catalog catalog = pool_catalog();
  const answer::Responder responder({});
  const auto packet =
      make_query(*dns::Name::parse("www.mydomain.com."), dns::Type::A, QueryEdns::none);
  std::array<std::uint8_t, dns::kEdnsUdpSize> out;
  const answer::Asker asker{answer::Transport::udp, kClient, kNow};
  Random random(1);
  Histogram took, shown;
  std::uint16_t members = kPoolSize;
  const Flipper flipper(catalog, static_cast<double>(state.range(0)), kFlipCpu);
  pin_to(kCpu);
  for (auto _ : state) {
    const std::uint64_t start = now_ns();
    benchmark::DoNotOptimize(responder.answer(catalog, packet, out, asker, random).size);
    const std::uint64_t end = now_ns();
    took.add(end - start);
    const std::uint16_t answered = load_u16(out.data() + dns::header::kAncount);
    if (answered == members) continue;
    members = answered;
    shown.add(end - std::min(end, flipper.last_flip()));
  }
  state.counters["p50_ns"] = static_cast<double>(took.quantile(0.5));
  state.counters["p999_ns"] = static_cast<double>(took.quantile(0.999));
  state.counters["flips"] = static_cast<double>(flipper.flips());
  state.counters["shown"] = static_cast<double>(shown.count());
  state.counters["shown_p50_us"] = us(shown.quantile(0.5));
  state.counters["shown_p99_us"] = us(shown.quantile(0.99));
  state.counters["shown_max_us"] = us(shown.max());
}
BENCHMARK(answer_while_flipping)->Arg(0)->Arg(10'000)->UseRealTime();

}  // namespace
}  // namespace rollcall::bench

BENCHMARK_MAIN();
