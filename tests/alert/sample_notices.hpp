/// Notices for the tests of this room.
#pragma once

#include "alert/told.hpp"

namespace rollcall::alert {

inline constexpr WallTime kNow{std::chrono::milliseconds(1'700'000'000'000)};

inline Told fall(const std::string& pool, const std::string& host,
                 const std::string& reason = "connection refused", WallTime at = kNow) {
  return told_of({.kind = pool::NoticeKind::dropped,
                  .alert = true,
                  .name = dns::Name::parse(pool).value(),
                  .member = IpAddress::parse(host),
                  .reason = reason,
                  .facts = pool::MemberFacts{.fate = pool::Fate::left_out, .service = "apache"}},
                 at);
}

inline Told comeback(const std::string& pool, const std::string& host, WallTime at = kNow) {
  return told_of({.kind = pool::NoticeKind::returned,
                  .alert = true,
                  .name = dns::Name::parse(pool).value(),
                  .member = IpAddress::parse(host),
                  .facts = pool::MemberFacts{.fate = pool::Fate::answered}},
                 at);
}

}  // namespace rollcall::alert
