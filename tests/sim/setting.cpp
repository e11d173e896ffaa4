/// What a world is made of: its pools, their policies, its witnesses.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/world.hpp"

namespace rollcall::sim {

using namespace std::chrono_literals;
using pool::WhenAllDown;

void World::make_zone() {
  const unsigned count = 1 + random_.below(4);
  for (unsigned p = 0; p < count; ++p) {
    pool::PoolSpec spec;
    spec.name = *dns::Name::parse(fmt::format("w{}.{}", p, kOrigin));
    spec.checks.push_back({.name = "check", .port = 80, .how = health::TcpCheck{}});
    change_checks(spec);
    if (random_.below(3) == 0) {
      spec.checks.push_back(spec.checks[0]);
      spec.checks[1].name = "other";
      spec.needed = static_cast<std::uint16_t>(random_.below(3));
    }
    if (random_.below(2) == 0) spec.restart = "service";
    std::vector<IpAddress> addresses;
    const unsigned members = 1 + random_.below(5);
    for (unsigned m = 0; m < members; ++m) {
      const auto address = *IpAddress::parse(fmt::format("192.0.2.{}", p * 10 + m + 1));
      add_backend(address);
      addresses.push_back(address);
      zone_text_ += fmt::format("w{} 1 A {}\n", p, address.to_string());
    }
    if (seed_ % 3 == 0) spec.forward = {.service = "web", .to = addresses};
    give_policy(spec, addresses);
    pools_.push_back(spec);
    zone_text_ += fmt::format("@ MX 10 w{}\n", p);
  }
  make_mx_pool();
  if (random_.below(4) == 0) max_wires_ = random_.below(6);
}

/// The same pace for all of a pool, and now and then another question.
void World::change_checks(pool::PoolSpec& spec) {
  const Duration interval = std::chrono::seconds(1 + random_.below(10));
  const auto rise = static_cast<std::uint16_t>(1 + random_.below(3));
  const auto fall = static_cast<std::uint16_t>(1 + random_.below(4));
  for (health::CheckSpec& check : spec.checks) {
    check.interval = interval;
    check.fast_interval = std::min<Duration>(interval, 500ms);
    check.timeout = interval / 2;
    check.rise = rise;
    check.fall = fall;
    wire(check);
    if (random_.below(3) == 0) check.port = static_cast<std::uint16_t>(80 + random_.below(3));
  }
}

/// As far as it is said of the whole pool.
void World::change_policy(pool::PoolSpec& spec) {
  if (random_.below(2) == 0) spec.min_healthy = random_.below(3) == 0 ? 20 + random_.below(81) : 0;
  if (random_.below(2) == 0) spec.flap_damping = random_.below(2) == 0;
  if (random_.below(2) == 0) spec.observe_only = random_.below(4) == 0;
  if (random_.below(2) == 0) {
    constexpr std::array<std::optional<Duration>, 4> kWaits{0s, std::nullopt, 10s, 1min};
    spec.failback = kWaits[random_.below(kWaits.size())];
  }
  if (random_.below(2) == 0 && spec.when_all_down != WhenAllDown::fallback) {
    spec.when_all_down = random_.below(2) == 0 ? WhenAllDown::fail_closed : WhenAllDown::fail_open;
  }
}

/// Every other check is wired; of these two of three fall fast.
void World::wire(health::CheckSpec& check) {
  check.tripwire = random_.below(2) == 0;
  check.fall_fast = random_.below(3) != 0;
}

/// In one pool of three a share that must be up, in one of three backups, in one of four a
/// fallback: the last of its members.
void World::give_policy(pool::PoolSpec& spec, const std::vector<IpAddress>& members) {
  spec.when_all_down = random_.below(3) == 0 ? WhenAllDown::fail_closed : WhenAllDown::fail_open;
  spec.flap_damping = random_.below(4) == 0;
  if (random_.below(4) == 0) {
    spec.failback = random_.below(3) == 0 ? std::nullopt : std::optional<Duration>(10s);
  }
  spec.observe_only = random_.below(8) == 0;
  if (random_.below(3) == 0) spec.min_healthy = 20 + random_.below(81);
  if (random_.below(3) == 0) {
    for (const IpAddress& member : members) {
      if (random_.below(2) == 0) spec.members[member].tier = pool::Tier::backup;
    }
  }
  if (random_.below(3) == 0) spec.max_answers = 1 + random_.below(3);
  if (random_.below(3) == 0) spec.ramp_up = std::chrono::seconds(1 + random_.below(60));
  if (random_.below(3) == 0) {
    for (const IpAddress& member : members) {
      spec.members[member].weight = static_cast<std::uint8_t>(random_.below(4));
    }
  }
  if (members.size() > 1 && random_.below(4) == 0) {
    spec.when_all_down = WhenAllDown::fallback;
    spec.members[members.back()].tier = pool::Tier::fallback;
  }
}

/// Exchanges with one to three addresses; now and then one that is a pool of addresses itself, and
/// one that nobody here can probe.
void World::make_mx_pool() {
  pool::PoolSpec spec = pools_[0];
  spec.name = *dns::Name::parse(fmt::format("mail.{}", kOrigin));
  spec.records = pool::PoolRecords::mx;
  spec.members.clear();
  spec.forward = {};
  if (random_.below(3) == 0) {
    spec.exchanges[*dns::Name::parse(fmt::format("x0.{}", kOrigin))].tier = pool::Tier::backup;
  }
  pools_.push_back(spec);
  const unsigned exchanges = 1 + random_.below(3);
  for (unsigned x = 0; x < exchanges; ++x) {
    const unsigned addresses = 1 + random_.below(3);
    for (unsigned a = 0; a < addresses; ++a) {
      const auto address = *IpAddress::parse(fmt::format("198.51.100.{}", x * 10 + a + 1));
      add_backend(address);
      zone_text_ += fmt::format("x{} A {}\n", x, address.to_string());
    }
    zone_text_ += fmt::format("mail MX 10 x{}\n", x);
  }
  if (random_.below(4) == 0) {
    zone_text_ += "mail MX 20 w0\n";
    pools_.back().restart.clear();  // one pool alone asks for the restarts of an address
  }
  unprobed_exchange_ = random_.below(4) == 0;
  if (unprobed_exchange_) zone_text_ += "mail MX 30 backup.example.net.\n";
}

/// In one world of three two witnesses that never die, or one that never answers, or all three; in
/// one of two no limit to a drop.
void World::make_guard() {
  if (random_.below(2) == 0) guard_.max_drop = 100;
  if (random_.below(3) != 0) return;
  health::CheckSpec check{.name = "witness", .port = 80, .how = health::TcpCheck{}};
  check.interval = std::chrono::seconds(1 + random_.below(10));
  check.fast_interval = std::chrono::milliseconds(50 + random_.below(2000));
  check.timeout = std::chrono::milliseconds(50 + random_.below(3000));
  const unsigned kind = random_.below(4);
  for (const char* witness : {"203.0.113.1", "203.0.113.2"}) {
    if (kind != 0) guard_.witnesses.push_back({*IpAddress::parse(witness), check});
  }
  if (kind < 2) guard_.witnesses.push_back({mute_witness_, check});
}

}  // namespace rollcall::sim
