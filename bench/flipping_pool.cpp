#include "flipping_pool.hpp"

#include <time.h>

#include <stdexcept>
#include <string>

#include "flood_socket.hpp"
#include "pinning.hpp"
#include "zone/load.hpp"

namespace rollcall::bench {
namespace {

constexpr const char* kZone = R"($TTL 3600
@ SOA ns1 hostmaster 1 3600 600 86400 60
@ NS ns1
ns1 A 127.0.0.1
www 1 A 127.1.0.1
www 1 A 127.1.0.2
www 1 A 127.1.0.3
)";

void sleep_until(std::uint64_t ns) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  const timespec until{static_cast<time_t>(ns / kSecond), static_cast<long>(ns % kSecond)};
  ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

}  // namespace

zone::Catalog pool_catalog() {
  const dns::Name origin = *dns::Name::parse("mydomain.com.");
  const std::vector<dns::Name> pools{*dns::Name::parse("www.mydomain.com.")};
  const zone::LoadReport report =
      zone::load_zone({origin, "zone", pools},
                      [](const std::string&) -> Result<std::string> { return std::string(kZone); });
  if (!report.zone) throw std::runtime_error(to_string(report.diagnostics.at(0)));
  return zone::Catalog({{origin, report.zone, nullptr}});
}

Flipper::Flipper(const zone::Catalog& catalog, double rate, int cpu, bool stores)
    : table_(catalog.entry(0).zone->watch_table()) {
  if (rate > 0) {
    thread_ =
        std::jthread([=, this](const std::stop_token& stop) { run(stop, rate, cpu, stores); });
  }
}

void Flipper::run(const std::stop_token& stop, double rate, int cpu, bool stores) {
  pin_to(cpu);
  constexpr std::uint64_t kAll = zone::WatchTable::all_of(kPoolSize);
  const auto step = static_cast<std::uint64_t>(1e9 / rate);
  std::uint64_t due = now_ns();
  for (std::uint32_t flip = 1; !stop.stop_requested(); ++flip) {
    sleep_until(due += step);
    if (!stores) continue;
    const zone::MaskChange change{WatchId{0}, flip % 2 == 0 ? kAll : kAll - 1};
    last_flip_.store(now_ns(), std::memory_order_relaxed);
    table_.apply(std::span(&change, 1), flip + 1);
    flips_.store(flip, std::memory_order_relaxed);
  }
}

}  // namespace rollcall::bench
