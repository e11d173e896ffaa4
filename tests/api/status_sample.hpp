/// A status with one of everything.
#pragma once

#include "roster/status.hpp"

namespace rollcall::api {

inline roster::Status status_sample() {
  using namespace std::chrono_literals;
  roster::Status status;
  status.version = "0.1.0";
  status.uptime = 90061s;
  status.zones.push_back(
      {dns::Name::parse("mydomain.com").value(), roster::ZoneState::served, 2000030101, 27, ""});
  status.zones.push_back(
      {dns::Name::parse("b.org").value(), roster::ZoneState::refused, 0, 0, "db.b:3: no SOA"});
  roster::PoolStatus pool;
  pool.name = dns::Name::parse("www.mydomain.com").value();
  pool.checks = "web";
  pool.when_all_down = "fail_open";
  pool.members.push_back(
      {*IpAddress::parse("192.168.0.1"), roster::State::up, true, 3700s, "", "apache", 12});
  pool.members.push_back({*IpAddress::parse("192.168.0.22"), roster::State::down, false, 61500ms,
                          "connection refused", "", 13});
  pool.members[1].would_be_live = false;
  status.pools.push_back(std::move(pool));
  roster::PoolStatus mail;
  mail.name = dns::Name::parse("mydomain.com").value();
  mail.records = roster::PoolRecords::mx;
  mail.checks = "smtp";
  mail.when_all_down = "fail_open";
  mail.members.push_back({*IpAddress::parse("192.168.0.5"), roster::State::up, true, 5s, "", "", 3,
                          "mx1.mydomain.com"});
  status.pools.push_back(std::move(mail));
  return status;
}

}  // namespace rollcall::api
