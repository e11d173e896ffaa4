/// A status with one of everything.
#pragma once

#include "pool/status.hpp"

namespace rollcall::api {

inline pool::Status status_sample() {
  using namespace std::chrono_literals;
  pool::Status status;
  status.version = "0.1.0";
  status.uptime = 90061s;
  status.zones.push_back(
      {dns::Name::parse("mydomain.com").value(), pool::ZoneState::served, 2000030101, 27, ""});
  status.zones.push_back(
      {dns::Name::parse("b.org").value(), pool::ZoneState::refused, 0, 0, "db.b:3: no SOA"});
  pool::PoolStatus pool;
  pool.name = dns::Name::parse("www.mydomain.com").value();
  pool.checks = "web";
  pool.when_all_down = "fail_open";
  pool.members.push_back(
      {*IpAddress::parse("192.168.0.1"), pool::State::up, true, 3700s, "", "apache", 12});
  pool.members.push_back({*IpAddress::parse("192.168.0.22"), pool::State::down, false, 61500ms,
                          "connection refused", "", 13});
  pool.members[1].would_be_live = false;
  status.pools.push_back(std::move(pool));
  pool::PoolStatus mail;
  mail.name = dns::Name::parse("mydomain.com").value();
  mail.records = pool::PoolRecords::mx;
  mail.checks = "smtp";
  mail.when_all_down = "fail_open";
  mail.members.push_back(
      {*IpAddress::parse("192.168.0.5"), pool::State::up, true, 5s, "", "", 3, "mx1.mydomain.com"});
  status.pools.push_back(std::move(mail));
  return status;
}

}  // namespace rollcall::api
