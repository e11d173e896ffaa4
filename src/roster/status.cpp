#include "roster/status.hpp"

#include "roster/roster.hpp"

namespace rollcall::roster {

Status Roster::status(Instant now) const {
  Status status;
  status.version = ROLLCALL_VERSION;
  status.uptime = running_ ? now - started_ : Duration{};
  for (const auto& zone : zones_) {
    if (!zone) continue;
    ZoneStatus shown{.origin = zone->origin, .problem = zone->problem};
    if (zone->published) {
      shown.state = ZoneState::served;
    } else {
      shown.state = zone->zone ? ZoneState::not_ready : ZoneState::refused;
    }
    if (zone->zone) {
      shown.serial = zone->serial.current();
      shown.records = zone->zone->records();
    }
    status.zones.push_back(std::move(shown));
  }
  for (const auto& pool : pools_) {
    if (pool) status.pools.push_back(pool_status(*pool, now));
  }
  return status;
}

PoolStatus Roster::pool_status(const Pool& pool, Instant now) const {
  const bool open = pool.spec.when_all_down == WhenAllDown::fail_open;
  PoolStatus shown{.name = pool.spec.name,
                   .checks = {},
                   .when_all_down = open ? "fail_open" : "fail_closed",
                   .failed_open = pool.all_down && open,
                   .members = {},
                   .records = pool.spec.records};
  for (const health::CheckSpec& check : pool.spec.checks) {
    shown.checks += (shown.checks.empty() ? "" : ", ") + check.name;
  }
  if (pool.spec.needed != 0) {
    shown.checks = std::to_string(pool.spec.needed) + " of " + shown.checks;
  }
  for (std::size_t i = 0; i < pool.members.size(); ++i) {
    const Member& member = pool.members[i];
    MemberStatus row{.address = member.address,
                     .health = member.health,
                     .live = is_live(pool, i),
                     .since = now - member.since,
                     .reason = reason_of(member),
                     .restart = member.service,
                     .exchange = member.exchange,
                     .degraded = member.degraded};
    for (const RunIndex run : member.runs) {
      row.probes += runs_[run].probes;
      if (runs_[run].percent) row.percent = runs_[run].percent;
    }
    shown.members.push_back(std::move(row));
  }
  return shown;
}

bool Roster::is_live(const Pool& pool, std::size_t member) const {
  for (const std::uint32_t id : pool.watches) {
    const Watch& watch = zones_[pool.zone]->watches[id];
    if (!watch.pool || pools_[*watch.pool].get() != &pool) continue;
    for (const Seat& seat : watch.seats) {
      if (seat.member == member) return (watch.mask >> seat.record & 1) != 0;
    }
  }
  return false;
}

}  // namespace rollcall::roster
